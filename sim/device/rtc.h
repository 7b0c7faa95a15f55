/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real-time clock, with the registers of the Goldfish RTC: nanoseconds
 * since 1970 in two halves, and one alarm. Runs must repeat, so it does not ask
 * the host for the date: the machine is switched on at RTC_START and the clock
 * goes with the guest's time. Aligned 4-byte accesses only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RTC_SIZE  0x1000
#define RTC_START UINT64_C(1577836800000000000) /* 2020-01-01 00:00 UTC */

enum {
    RTC_TIME_LOW = 0x00, /* reading it latches the upper half */
    RTC_TIME_HIGH = 0x04,
    RTC_ALARM_LOW = 0x08, /* writing it sets the alarm */
    RTC_ALARM_HIGH = 0x0c,
    RTC_IRQ_ENABLED = 0x10,
    RTC_CLEAR_ALARM = 0x14,
    RTC_ALARM_STATUS = 0x18, /* 1 = an alarm is set */
    RTC_CLEAR_INTERRUPT = 0x1c
};

struct rtc {
    uint64_t offset; /* what writes of the time added, ns */
    uint64_t alarm;  /* ns; valid when running */
    uint32_t time_high, alarm_high;
    bool running, enabled, pending;
};

void rtc_reset(struct rtc *r);
/* uptime: ns since power-on, as the guest's time says. False: no 4-byte
 * access. */
bool rtc_read(struct rtc *r, uint64_t offset, unsigned size, uint64_t uptime,
              uint64_t *value);
bool rtc_write(struct rtc *r, uint64_t offset, unsigned size, uint64_t uptime,
               uint64_t value);
/* Lets a due alarm go off; the level of the interrupt line. */
bool rtc_interrupt(struct rtc *r, uint64_t uptime);
/* The uptime at which an alarm goes off; UINT64_MAX = none is set. */
uint64_t rtc_next(const struct rtc *r);
