/* options.h - what the benches' command lines share: numbers, words, and where the other programs are.
 *
 * A value that cannot be used ends the program with 2. */
#ifndef MERIT_BENCH_OPTIONS_H
#define MERIT_BENCH_OPTIONS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

void bench_option_fault(const char *option, const char *value) __attribute__((noreturn));

/* A whole number from 1 to max. */
uint64_t bench_option_number(const char *option, const char *text, uint64_t max);

/* The index of text among words. */
size_t bench_option_word(const char *option, const char *text, const char *const *words, size_t count);

/* The path of a program that stands beside this one. */
void bench_program_beside(const char *name, char path_out[PATH_MAX]);

#endif
