/* pem.h - files of certificates and keys as TLS libraries want them: one text, whole. */
#ifndef MERIT_RPC_PEM_H
#define MERIT_RPC_PEM_H

/* The file's text, up to 256 KiB; NULL, and why in the log, when it cannot be read, is empty or is too large. The caller
 * gives it back to merit_pem_free, which wipes it: it may be a secret key. free(NULL) does nothing. */
char *merit_pem_read(const char *path);
void merit_pem_free(char *text);

#endif
