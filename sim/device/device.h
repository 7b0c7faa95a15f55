/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's devices, each a plain struct with a read and a write of its
 * registers. They keep state only; machine.c puts them on the bus and looks
 * at their flags after a step that touched a device.
 */
#pragma once

#include "sim/device/block.h"
#include "sim/device/clint.h"
#include "sim/device/console.h"
#include "sim/device/entropy.h"
#include "sim/device/finisher.h"
#include "sim/device/htif.h"
#include "sim/device/mailbox.h"
#include "sim/device/plic.h"
#include "sim/device/rom.h"
#include "sim/device/rtc.h"
#include "sim/device/uart.h"
#include "sim/device/virtio.h"
