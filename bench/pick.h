/* pick.h - which member, which id: drawn from a counter, so that two runs draw alike. Integers only. */
#ifndef MERIT_BENCH_PICK_H
#define MERIT_BENCH_PICK_H

#include "bench/work.h"

/* Another number for every number, far from its neighbours': splitmix64's finisher, which can be undone.
 * Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014. */
static inline uint64_t bench_scatter(uint64_t number)
{
	number += 0x9e3779b97f4a7c15;
	number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
	number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
	return number ^ (number >> 31);
}

/* The member whose turn it is. By Zipf's law with exponent 1, in steps: every doubling of the rank is as likely as the
 * one before it; ranks stand scattered among the members. */
static inline uint32_t bench_pick_member(const struct bench_load *load, uint64_t number)
{
	uint64_t random = bench_scatter(number ^ 0x6d656d626572);

	if (!load->is_zipf)
		return (uint32_t)(random % load->members);
	uint32_t doublings = 32 - (uint32_t)__builtin_clz(load->members),
		 doubling = (uint32_t)(random >> 58) % doublings;
	uint64_t rank = (1ULL << doubling) + ((random & 0xffffffff) & ((1ULL << doubling) - 1));
	return (uint32_t)(rank * 2654435761u % load->members);
}

#endif
