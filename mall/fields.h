/* fields.h - what clients write into request lines and header fields, read strictly: paths, hosts, origins, lists.
 *
 * Args    texts are borrowed and end in NUL, unless they come as struct merit_text; NULL is a field that is absent.
 * Never   allocates, nor touches a file or a socket: bytes in, a verdict out.
 * Threads any number at once.
 * Source  RFC 9110 (fields), RFC 9112 (request line), RFC 3986 (paths), Fetch (Origin, Sec-Fetch-Site) */
#ifndef MERIT_MALL_FIELDS_H
#define MERIT_MALL_FIELDS_H

#include "ledger/value.h"
#include "rpc/connections.h"

#include <netinet/in.h>

#define MERIT_PATH_SIZE_MAX  255
#define MERIT_ADDRESS_SIZE   INET6_ADDRSTRLEN /* an address as text, NUL and all */

/* The path of a request's target, decoded, without its query. False where the target is not a path (a whole URL, say),
 * is not well-formed, too long, or hides what decides about folders: control characters, '\', and '%' followed by the
 * hex of those, of '/' or of NUL. "." and ".." stay as they are: no file is looked for by what comes out of here. */
MERIT_MUST_USE bool merit_fields_path(const char *target, char path_out[MERIT_PATH_SIZE_MAX + 1]);

/* A host with an optional port, as it stands in Host. */
bool merit_fields_is_host(const char *text);

/* Whether origin is scheme://host. Letters count the same small or capital, as in hosts. */
bool merit_fields_is_origin(const char *origin, const char *scheme, const char *host);

/* application/json, with no parameter but charset=utf-8. */
bool merit_fields_is_json(const char *content_type);

/* A first line as messages have it, or nothing: of base64url and two dots, up to MERIT_ENVELOPE_SIZE_MAX bytes. Whether
 * it is a signature, meritd says. */
bool merit_fields_is_envelope(const char *text);

/* Whether Accept-Encoding takes this coding by its name. */
bool merit_fields_accepts(const char *accept_encoding, const char *coding);

/* Whether If-None-Match names this tag, which has its quotes. Weak ones count too: RFC 9110, section 13.1.2. */
bool merit_fields_names_tag(const char *if_none_match, const char *tag);

/* The address text stands for, in the one way the system prints it (IPv4 inside IPv6 as IPv4), and whom limits count it
 * as. False for anything but one IPv4 or IPv6 address without a port or brackets. */
MERIT_MUST_USE bool merit_fields_address(struct merit_text text, char address_out[MERIT_ADDRESS_SIZE],
                                         struct merit_peer *peer_out);

/* The last hop of X-Forwarded-For: what the proxy next to us saw. Its address as above. */
MERIT_MUST_USE bool merit_fields_last_hop(const char *forwarded_for, char address_out[MERIT_ADDRESS_SIZE],
                                          struct merit_peer *peer_out);

#endif
