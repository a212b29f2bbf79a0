/* notify.h - telling systemd how the service is: one datagram, without libsystemd.
 *
 * Source  sd_notify(3), "Notes": the protocol is stable. */
#ifndef MERIT_RPC_NOTIFY_H
#define MERIT_RPC_NOTIFY_H

/* Sends text, such as "READY=1", to the socket $NOTIFY_SOCKET names; without one, or when it does not answer, nothing
 * happens: no service may fail because nobody listens. Any thread. */
void merit_notify(const char *text);

#endif
