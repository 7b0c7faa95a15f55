/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's devices, each a plain struct with a read and a write of its
 * registers. They keep state only; machine.c puts them on the bus and looks
 * at their flags after a step that touched a device.
 */
#pragma once

#include "sim/device_block.h"
#include "sim/device_clint.h"
#include "sim/device_console.h"
#include "sim/device_entropy.h"
#include "sim/device_finisher.h"
#include "sim/device_htif.h"
#include "sim/device_mailbox.h"
#include "sim/device_plic.h"
#include "sim/device_rom.h"
#include "sim/device_rtc.h"
#include "sim/device_uart.h"
#include "sim/device_virtio.h"
