/* SPDX-License-Identifier: Apache-2.0 */
/* The real-time clock's registers; see device/rtc.h. */
#include "sim/device/rtc.h"

#include <string.h>

void rtc_reset(struct rtc *r)
{
    memset(r, 0, sizeof *r);
}

static uint64_t now(const struct rtc *r, uint64_t uptime)
{
    return RTC_START + uptime + r->offset;
}

static bool fits(uint64_t offset, unsigned size)
{
    return size == 4 && offset % 4 == 0 && offset < RTC_SIZE;
}

bool rtc_read(struct rtc *r, uint64_t offset, unsigned size, uint64_t uptime,
              uint64_t *value)
{
    if (!fits(offset, size))
        return false;
    *value = 0;
    switch (offset) {
    case RTC_TIME_LOW:
        r->time_high = (uint32_t)(now(r, uptime) >> 32);
        *value = (uint32_t)now(r, uptime);
        break;
    case RTC_TIME_HIGH:
        *value = r->time_high;
        break;
    case RTC_ALARM_LOW:
        *value = (uint32_t)r->alarm;
        break;
    case RTC_ALARM_HIGH:
        *value = (uint32_t)(r->alarm >> 32);
        break;
    case RTC_IRQ_ENABLED:
        *value = r->enabled;
        break;
    case RTC_ALARM_STATUS:
        *value = r->running;
        break;
    default:
        break;
    }
    return true;
}

static void set_time(struct rtc *r, uint64_t uptime, uint64_t time)
{
    r->offset += time - now(r, uptime);
}

bool rtc_write(struct rtc *r, uint64_t offset, unsigned size, uint64_t uptime,
               uint64_t value)
{
    const uint64_t low = 0xffffffff;
    uint64_t word = value & low, time = now(r, uptime);
    if (!fits(offset, size))
        return false;
    switch (offset) {
    case RTC_TIME_LOW:
        set_time(r, uptime, (time & ~low) | word);
        break;
    case RTC_TIME_HIGH:
        set_time(r, uptime, word << 32 | (time & low));
        break;
    case RTC_ALARM_LOW:
        r->alarm = (uint64_t)r->alarm_high << 32 | word;
        r->running = true;
        break;
    case RTC_ALARM_HIGH:
        r->alarm_high = (uint32_t)word;
        break;
    case RTC_IRQ_ENABLED:
        r->enabled = word & 1;
        break;
    case RTC_CLEAR_ALARM:
        r->running = false;
        break;
    case RTC_CLEAR_INTERRUPT:
        r->pending = false;
        break;
    default:
        break;
    }
    return true;
}

bool rtc_interrupt(struct rtc *r, uint64_t uptime)
{
    if (r->running && now(r, uptime) >= r->alarm) {
        r->running = false;
        r->pending = true;
    }
    return r->pending && r->enabled;
}

uint64_t rtc_next(const struct rtc *r)
{
    uint64_t power_on = RTC_START + r->offset;
    if (!r->running)
        return UINT64_MAX;
    return r->alarm > power_on ? r->alarm - power_on : 0;
}
