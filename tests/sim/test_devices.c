/* SPDX-License-Identifier: Apache-2.0 */
/* UART, CLINT, finisher, HTIF and mailbox: their registers, one by one. */
#include "tests/sim/machine_help.h"

static uint8_t uart_get(struct uart *u, uint64_t offset)
{
    uint64_t value;
    assert_true(uart_read(u, offset, 1, &value));
    return (uint8_t)value;
}

static void uart_put(struct uart *u, uint64_t offset, uint8_t value)
{
    assert_true(uart_write(u, offset, 1, value));
}

static void uart_prints_and_keeps(void **state)
{
    (void)state;
    struct uart u = { 0 };
    uart_reset(&u);
    for (int i = 0; i < 10000; i++)
        uart_put(&u, 0, (uint8_t)('a' + i % 26));
    assert_int_equal(u.length, 10000);
    assert_int_equal(strlen(u.text), 10000);
    assert_int_equal(u.text[9999], 'a' + 9999 % 26);
    assert_int_equal(uart_get(&u, 5) & 0x60, 0x60);
    uart_free(&u);
}

static void uart_reads_in_order(void **state)
{
    (void)state;
    struct uart u = { 0 };
    uart_reset(&u);
    assert_int_equal(uart_get(&u, 5) & 1, 0);
    assert_int_equal(uart_input(&u, "xyz", 3), 3);
    assert_int_equal(uart_get(&u, 5) & 1, 1);
    assert_int_equal(uart_get(&u, 0), 'x');
    assert_int_equal(uart_get(&u, 0), 'y');
    assert_int_equal(uart_get(&u, 0), 'z');
    assert_int_equal(uart_get(&u, 5) & 1, 0);
    assert_int_equal(uart_get(&u, 0), 0);
}

static void uart_input_has_an_end(void **state)
{
    (void)state;
    struct uart u = { 0 };
    uart_reset(&u);
    for (int i = 0; i < UART_INPUT; i++)
        assert_int_equal(uart_input(&u, "q", 1), 1);
    assert_int_equal(uart_input(&u, "q", 1), 0);
    uart_put(&u, 2, 0x03); /* clears the receive FIFO */
    assert_int_equal(uart_input(&u, "q", 1), 1);
}

static void uart_divisor_and_scratch(void **state)
{
    (void)state;
    struct uart u = { 0 };
    uart_reset(&u);
    uart_put(&u, 7, 0x5a);
    assert_int_equal(uart_get(&u, 7), 0x5a);
    uart_put(&u, 3, 0x83);
    uart_put(&u, 0, 0x12);
    uart_put(&u, 1, 0x34);
    assert_int_equal(uart_get(&u, 0), 0x12);
    assert_int_equal(uart_get(&u, 1), 0x34);
    uart_put(&u, 3, 0x03);
    assert_int_equal(u.length, 0); /* nothing was printed */
    assert_int_equal(uart_get(&u, 1), 0);
}

static void uart_interrupts(void **state)
{
    (void)state;
    struct uart u = { 0 };
    uart_reset(&u);
    uart_input(&u, "k", 1);
    assert_false(uart_interrupt(&u));
    uart_put(&u, 1, 1);
    assert_true(uart_interrupt(&u));
    assert_int_equal(uart_get(&u, 2) & 0x0f, 4);
    uart_get(&u, 0);
    assert_false(uart_interrupt(&u));
    uart_put(&u, 1, 2); /* transmitter empty: at once */
    assert_true(uart_interrupt(&u));
    assert_int_equal(uart_get(&u, 2) & 0x0f, 2); /* reading acknowledges */
    assert_false(uart_interrupt(&u));
    uart_put(&u, 0, 'a');
    assert_true(uart_interrupt(&u));
    uart_free(&u);
}

static void uart_takes_bytes_only(void **state)
{
    (void)state;
    struct uart u = { 0 };
    uint64_t value;
    assert_false(uart_read(&u, 0, 4, &value));
    assert_false(uart_write(&u, 0, 8, 0));
    assert_false(uart_read(&u, 8, 1, &value));
}

static void clint_registers(void **state)
{
    (void)state;
    struct clint c;
    uint64_t value, time = 0x1122334455667788;
    clint_reset(&c, 1);
    assert_true(clint_read(&c, CLINT_MTIMECMP, 8, 0, &value));
    assert_int_equal(value, UINT64_MAX);
    assert_true(clint_write(&c, CLINT_MTIMECMP, 4, 0x99, &time));
    assert_true(clint_write(&c, CLINT_MTIMECMP + 4, 4, 0x7, &time));
    assert_int_equal(c.mtimecmp[0], 0x700000099);
    assert_true(clint_read(&c, CLINT_MTIME, 8, time, &value));
    assert_int_equal(value, time);
    assert_true(clint_read(&c, CLINT_MTIME + 4, 4, time, &value));
    assert_int_equal(value, 0x11223344);
    assert_true(clint_write(&c, CLINT_MTIME, 4, 1, &time));
    assert_int_equal(time, 0x1122334400000001);
    assert_true(clint_write(&c, CLINT_MSIP, 4, 0xff, &time));
    assert_true(c.msip[0]);
    assert_true(clint_read(&c, CLINT_MSIP, 4, 0, &value));
    assert_int_equal(value, 1);
}

static void clint_other_harts_are_silent(void **state)
{
    (void)state;
    struct clint c;
    uint64_t value = 1, time = 0;
    clint_reset(&c, 1);
    assert_true(clint_write(&c, CLINT_MSIP + 4, 4, 1, &time));
    assert_false(c.msip[0]);
    assert_true(clint_read(&c, CLINT_MTIMECMP + 8, 8, 0, &value));
    assert_int_equal(value, 0);
    assert_false(clint_read(&c, CLINT_MTIME, 2, 0, &value));
    assert_false(clint_read(&c, 2, 4, 0, &value));
}

static void finisher_commands(void **state)
{
    (void)state;
    struct finisher f = { 0 };
    assert_true(finisher_write(&f, 0, 4, 0x1234));
    assert_int_equal(f.command, FINISHER_NONE);
    assert_true(finisher_write(&f, 0, 4, 0x5555));
    assert_int_equal(f.command, FINISHER_OFF);
    assert_true(finisher_write(&f, 0, 4, 0x7777));
    assert_int_equal(f.command, FINISHER_RESET);
    assert_true(finisher_write(&f, 0, 4, 0x3333 | 5 << 16));
    assert_int_equal(f.command, FINISHER_FAIL);
    assert_int_equal(f.code, 5);
}

static void htif_words(void **state)
{
    (void)state;
    uint64_t value;
    assert_int_equal(htif_decode(0, &value), HTIF_NOTHING);
    assert_int_equal(htif_decode(1, &value), HTIF_EXIT);
    assert_int_equal(value, 0);
    assert_int_equal(htif_decode(7 << 1 | 1, &value), HTIF_EXIT);
    assert_int_equal(value, 7);
    assert_int_equal(htif_decode(0x0101000000000041, &value), HTIF_PRINT);
    assert_int_equal(value, 'A');
    assert_int_equal(htif_decode(0x0100000000000000, &value), HTIF_NOTHING);
}

static uint64_t mail_get(const struct mailbox *b, uint64_t offset)
{
    uint64_t value;
    assert_true(mailbox_read(b, offset, 8, &value));
    return value;
}

static void mailbox_request(void **state)
{
    (void)state;
    struct mailbox b;
    mailbox_reset(&b);
    assert_int_equal(mail_get(&b, MAILBOX_MAGIC), MAILBOX_MAGIC_VALUE);
    assert_int_equal(mail_get(&b, MAILBOX_STATUS), 0);
    assert_true(mailbox_write(&b, MAILBOX_DONE, 8, 1));
    assert_false(b.done); /* there was nothing to finish */
    assert_true(b.misused);
    assert_int_equal(b.misused_at, MAILBOX_DONE);
    b.pending = true;
    b.op = 12;
    for (unsigned i = 0; i < 6; i++)
        b.arg[i] = 100 + i;
    assert_int_equal(mail_get(&b, MAILBOX_STATUS), 1);
    assert_int_equal(mail_get(&b, MAILBOX_OP), 12);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(mail_get(&b, MAILBOX_ARG + 8 * i), 100 + i);
    assert_true(mailbox_write(&b, MAILBOX_RESULT, 8, 77));
    assert_true(b.pending);
    assert_true(mailbox_write(&b, MAILBOX_DONE, 8, 1));
    assert_false(b.pending);
    assert_true(b.done);
    assert_int_equal(b.result, 77);
}

static void mailbox_read_only_registers(void **state)
{
    (void)state;
    static const uint64_t fixed[] = { MAILBOX_MAGIC,     MAILBOX_STATUS,
                                      MAILBOX_OP,        MAILBOX_ARG + 8,
                                      MAILBOX_SCRIPT_OP, 0x700 };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        struct mailbox b;
        mailbox_reset(&b);
        assert_true(mailbox_write(&b, fixed[i], 8, 1));
        assert_true(b.misused);
        assert_int_equal(b.misused_at, fixed[i]);
    }
}

static void mailbox_script(void **state)
{
    (void)state;
    struct mailbox b;
    mailbox_reset(&b);
    assert_true(mailbox_write(&b, MAILBOX_SCRIPT_THREAD, 8, 3));
    assert_true(mailbox_write(&b, MAILBOX_SCRIPT_RESULT, 8, 4));
    assert_true(mailbox_write(&b, MAILBOX_SCRIPT_NEXT, 8, 0));
    assert_true(b.script_asked);
    assert_int_equal(b.script_thread, 3);
    assert_int_equal(b.script_result, 4);
    b.script_op = SCRIPT_STORE;
    b.script_arg[3] = 9;
    assert_int_equal(mail_get(&b, MAILBOX_SCRIPT_OP), SCRIPT_STORE);
    assert_int_equal(mail_get(&b, MAILBOX_SCRIPT_ARG + 24), 9);
}

static void mailbox_window_and_edges(void **state)
{
    (void)state;
    struct mailbox b;
    uint64_t value;
    mailbox_reset(&b);
    assert_true(mailbox_write(&b, MAILBOX_WINDOW + 4, 1, 0xab));
    assert_int_equal(b.window[4], 0xab);
    assert_true(mailbox_read(&b, MAILBOX_SIZE - 8, 8, &value));
    assert_true(mailbox_read(&b, MAILBOX_WINDOW + 4, 2, &value));
    assert_int_equal(value, 0xab);
    assert_false(mailbox_read(&b, MAILBOX_STATUS, 4, &value));
    assert_false(mailbox_write(&b, MAILBOX_RESULT + 4, 8, 1));
    assert_false(mailbox_write(&b, MAILBOX_SIZE - 4, 8, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uart_prints_and_keeps),
        cmocka_unit_test(uart_reads_in_order),
        cmocka_unit_test(uart_input_has_an_end),
        cmocka_unit_test(uart_divisor_and_scratch),
        cmocka_unit_test(uart_interrupts),
        cmocka_unit_test(uart_takes_bytes_only),
        cmocka_unit_test(clint_registers),
        cmocka_unit_test(clint_other_harts_are_silent),
        cmocka_unit_test(finisher_commands),
        cmocka_unit_test(htif_words),
        cmocka_unit_test(mailbox_request),
        cmocka_unit_test(mailbox_read_only_registers),
        cmocka_unit_test(mailbox_script),
        cmocka_unit_test(mailbox_window_and_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
