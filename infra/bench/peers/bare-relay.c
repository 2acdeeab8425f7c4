// The least that a relay of WebSocket frames can do on one core: read, unmask, write to the others of the room.
//
//   cc -O2 -o bare-relay bare-relay.c && ./bare-relay PORT
//
// One thread, one epoll. The room is the path of the upgrade. What a turn of the loop has for one socket leaves in one
// write. There is no JSON, no name of a sender, no limit, no ping, no fragment, no TLS: it shows what sockets cost here,
// and is no server for anybody. A client that does not follow, or says something unexpected, is cut.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18, UNREAD_LIMIT = 1 << 20, UNSENT_LIMIT = 1 << 24, PATH_BYTES = 96, ROOMS = 1 << 14 };

struct bytes {
    uint8_t *at;
    size_t length, capacity;
};

struct client {
    int socket, upgraded, dirty, gone, waits;
    struct bytes unread, unsent;
    struct room *room;
    struct client *next_in_room, *next_dirty;
};

struct room {
    char path[PATH_BYTES];
    struct client *members;
    struct room *next;
};

static struct room *rooms[ROOMS];
static struct client *dirty;
static int epoll;
static uint8_t input[READ_BYTES];

static void append(struct bytes *bytes, const void *from, size_t length) {
    if (bytes->length + length > bytes->capacity) {
        bytes->capacity = (bytes->length + length) * 2;
        bytes->at = realloc(bytes->at, bytes->capacity);
        if (!bytes->at) abort();
    }
    memcpy(bytes->at + bytes->length, from, length);
    bytes->length += length;
}

static void release(struct bytes *bytes) {
    free(bytes->at);
    memset(bytes, 0, sizeof *bytes);
}

static void consume(struct bytes *bytes, size_t length) {
    if (length == bytes->length) return release(bytes);
    memmove(bytes->at, bytes->at + length, bytes->length - length);
    bytes->length -= length;
}

// What is to be sent or to be closed waits for the end of the turn.
static void mark(struct client *client) {
    if (client->dirty) return;
    client->dirty = 1;
    client->next_dirty = dirty;
    dirty = client;
}

static void cut(struct client *client) {
    client->gone = 1;
    mark(client);
}

static void say(struct client *client, const void *bytes, size_t length) {
    if (client->gone) return;
    if (client->unsent.length + length > UNSENT_LIMIT) return cut(client);
    append(&client->unsent, bytes, length);
    mark(client);
}

static struct room **room_at(const char *path) {
    uint32_t hash = 2166136261u;
    for (const char *c = path; *c; c++) hash = (hash ^ (uint8_t)*c) * 16777619u;
    struct room **room = &rooms[hash % ROOMS];
    while (*room && strcmp((*room)->path, path)) room = &(*room)->next;
    return room;
}

static void join(struct client *client, const char *path) {
    struct room **room = room_at(path);
    if (!*room) {
        *room = calloc(1, sizeof **room);
        if (!*room) abort();
        snprintf((*room)->path, PATH_BYTES, "%s", path);
    }
    client->room = *room;
    client->next_in_room = client->room->members;
    client->room->members = client;
}

static void leave(struct client *client) {
    if (!client->room) return;
    struct client **member = &client->room->members;
    while (*member != client) member = &(*member)->next_in_room;
    *member = client->next_in_room;
    if (client->room->members) return;
    struct room **room = room_at(client->room->path);
    *room = client->room->next;
    free(client->room);
}

static uint32_t rotate(uint32_t word, int bits) { return word << bits | word >> (32 - bits); }

// SHA-1 (RFC 3174) of at most 119 bytes, which is what the handshake needs.
static void sha1(const char *text, uint8_t digest[20]) {
    uint8_t block[128] = {0};
    size_t length = strlen(text), size = length < 56 ? 64 : 128;
    memcpy(block, text, length);
    block[length] = 0x80;
    block[size - 2] = (uint8_t)(length * 8 >> 8);
    block[size - 1] = (uint8_t)(length * 8);
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, w[80];
    for (size_t start = 0; start < size; start += 64) {
        for (int i = 0; i < 80; i++) {
            const uint8_t *b = block + start + i * 4;
            w[i] = i < 16 ? (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]
                          : rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        }
        uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 80; i++) {
            uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
            uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
            uint32_t next = rotate(a, 5) + f + e + k + w[i];
            e = d, d = c, c = rotate(b, 30), b = a, a = next;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t digest[20], char text[29]) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t padded[21] = {0};
    memcpy(padded, digest, 20);
    for (int i = 0; i < 7; i++) {
        uint32_t group = (uint32_t)padded[3 * i] << 16 | padded[3 * i + 1] << 8 | padded[3 * i + 2];
        for (int j = 0; j < 4; j++) text[4 * i + j] = digits[group >> (18 - 6 * j) & 63];
    }
    strcpy(text + 27, "=");
}

// Returns how many bytes the request took; 0 while it is incomplete.
static size_t upgrade(struct client *client, uint8_t *bytes, size_t length) {
    uint8_t *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t taken = (size_t)(end + 4 - bytes);
    *end = 0;
    char path[PATH_BYTES], key[64], answer[256], accept[29];
    uint8_t digest[20];
    char *field = strcasestr((char *)bytes, "\r\nsec-websocket-key:");
    if (sscanf((char *)bytes, "GET %95s", path) != 1 || !field || sscanf(field + 20, " %24s", key) != 1) {
        cut(client);
        return taken;
    }
    strcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    sha1(key, digest);
    base64(digest, accept);
    int size = snprintf(
        answer, sizeof answer,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
        accept);
    say(client, answer, (size_t)size);
    client->upgraded = 1;
    join(client, path);
    return taken;
}

static void relay(struct client *client, int opcode, uint8_t *payload, size_t length) {
    // A server's frame has the length in the same form, and no mask.
    uint8_t head[10] = {(uint8_t)(0x80 | opcode)};
    size_t size = length < 126 ? 2 : length < 65536 ? 4 : 10;
    head[1] = size == 2 ? (uint8_t)length : size == 4 ? 126 : 127;
    for (size_t i = 2; i < size; i++) head[i] = (uint8_t)(length >> 8 * (size - 1 - i));
    if (opcode == 8) {
        say(client, head, size);
        say(client, payload, length);
        return cut(client);
    }
    for (struct client *member = client->room->members; member; member = member->next_in_room) {
        if (member == client) continue;
        say(member, head, size);
        say(member, payload, length);
    }
}

// Returns how many bytes the frame took; 0 while it is incomplete.
static size_t frame(struct client *client, uint8_t *bytes, size_t length) {
    if (length < 6) return 0;
    size_t size = bytes[1] & 0x7F, head = 2;
    if (size == 126) {
        head = 4;
        size = (size_t)bytes[2] << 8 | bytes[3];
    } else if (size == 127) {
        cut(client);
        return length;
    }
    if (!(bytes[0] & 0x80) || !(bytes[1] & 0x80)) {
        cut(client);
        return length;
    }
    if (length < head + 4 + size) return 0;
    uint8_t *mask = bytes + head, *payload = mask + 4;
    for (size_t i = 0; i < size; i++) payload[i] ^= mask[i & 3];
    relay(client, bytes[0] & 15, payload, size);
    return head + 4 + size;
}

static void receive(struct client *client) {
    ssize_t count = read(client->socket, input, READ_BYTES - 1);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return cut(client);
    uint8_t *bytes = input;
    size_t length = (size_t)count, taken = 0, step;
    int isHeld = client->unread.length > 0;
    if (isHeld) {
        append(&client->unread, input, length);
        bytes = client->unread.at;
        length = client->unread.length;
    }
    while (!client->gone && taken < length) {
        step = client->upgraded ? frame(client, bytes + taken, length - taken) : upgrade(client, bytes + taken, length - taken);
        if (!step) break;
        taken += step;
    }
    if (isHeld) consume(&client->unread, taken);
    else if (taken < length) append(&client->unread, bytes + taken, length - taken);
    if (client->unread.length > UNREAD_LIMIT) cut(client);
}

static void watch(struct client *client, int operation, int alsoWritable) {
    struct epoll_event event = {.events = EPOLLIN | (alsoWritable ? EPOLLOUT : 0), .data.ptr = client};
    epoll_ctl(epoll, operation, client->socket, &event);
}

// The end of a turn: everything for one socket in one write.
static void flush(void) {
    while (dirty) {
        struct client *client = dirty;
        dirty = client->next_dirty;
        client->dirty = 0;
        if (client->unsent.length) {
            ssize_t count = send(client->socket, client->unsent.at, client->unsent.length, MSG_NOSIGNAL);
            if (count < 0 && errno != EAGAIN) client->gone = 1;
            size_t rest = client->unsent.length - (size_t)(count > 0 ? count : 0);
            consume(&client->unsent, client->unsent.length - rest);
            if (client->waits != (rest > 0)) watch(client, EPOLL_CTL_MOD, client->waits = rest > 0);
        }
        if (!client->gone) continue;
        leave(client);
        close(client->socket);
        release(&client->unread);
        release(&client->unsent);
        free(client);
    }
}

static void accept_all(int listener) {
    int socket, yes = 1;
    while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct client *client = calloc(1, sizeof *client);
        if (!client) abort();
        client->socket = socket;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        watch(client, EPOLL_CTL_ADD, 0);
    }
}

int main(int count, char **arguments) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)(count > 1 ? atoi(arguments[1]) : 8082));
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("bare-relay");
        return 1;
    }
    epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            if (!client) accept_all(listener);
            else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(client);
            else mark(client);
        }
        flush();
    }
}
