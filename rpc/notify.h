/* notify.h - telling systemd how the service is: one datagram, without libsystemd.
 *
 * Source  sd_notify(3), "Notes": the protocol is stable. */
#ifndef MERIT_RPC_NOTIFY_H
#define MERIT_RPC_NOTIFY_H

/* READY and STOPPING may not be lost; the next WATCHDOG comes soon enough, and its thread may not be held up. */
enum merit_notify_how { MERIT_NOTIFY_WAIT, MERIT_NOTIFY_TRY };

/* Sends text, such as "READY=1", to the socket $NOTIFY_SOCKET names; without one, or when nobody listens, nothing
 * happens: no service may fail for that. WAIT waits while the socket is full, TRY gives up. Any thread. */
void merit_notify(const char *text, enum merit_notify_how how);

#endif
