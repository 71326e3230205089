/* A Modbus server that is not ours: libmodbus, on TCP or on a serial line.
 *
 *     libmodbus_server tcp              serves 127.0.0.1 on a free port, one connection after the other
 *     libmodbus_server rtu TTY UNIT     serves a serial line at 115200 8N1
 *
 * Prints "listening PORT" or "listening TTY" when it serves. Registers: holding[a] = a * 7 + 1, input[a] = a * 5 + 2,
 * each modulo 65536; coil[a] = (a % 3 == 0), discrete[a] = (a % 5 == 0), for a below 4000. To each line "get TABLE
 * ADDRESS COUNT" (TABLE is holding or coil) it answers "values ...": what it holds there. Runs until it is killed or its
 * standard input ends.
 */
#include <errno.h>
#include <modbus.h>
#include <poll.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ADDRESSES = 4000 };

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, modbus_strerror(errno));
    exit(1);
}

/* Answers one line of standard input; ends the program with it. */
static void obey(const modbus_mapping_t *map)
{
    char line[128], table[16];
    int address, count;
    if (fgets(line, sizeof line, stdin) == NULL)
        exit(0);
    if (sscanf(line, "get %15s %d %d", table, &address, &count) != 3 || address < 0 || count < 0 ||
        address + count > ADDRESSES) {
        printf("error: no command %s", line);
    } else {
        printf("values");
        for (int a = address; a < address + count; a++)
            printf(" %d", strcmp(table, "coil") == 0 ? map->tab_bits[a] : map->tab_registers[a]);
        printf("\n");
    }
    fflush(stdout);
}

/* Waits until `fd` has something to read, and answers what is asked on standard input meanwhile. */
static void await(int fd, const modbus_mapping_t *map)
{
    struct pollfd watched[2] = {{fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    do {
        if (poll(watched, 2, -1) < 0)
            exit(0);
        if (watched[1].revents != 0)
            obey(map);
    } while (watched[0].revents == 0);
}

int main(int argc, char **argv)
{
    modbus_mapping_t *map = modbus_mapping_new(ADDRESSES, ADDRESSES, ADDRESSES, ADDRESSES);
    if (map == NULL)
        fail("mapping");
    for (int a = 0; a < ADDRESSES; a++) {
        map->tab_registers[a] = (uint16_t)(a * 7 + 1);
        map->tab_input_registers[a] = (uint16_t)(a * 5 + 2);
        map->tab_bits[a] = a % 3 == 0;
        map->tab_input_bits[a] = a % 5 == 0;
    }
    int tcp = argc == 2 && strcmp(argv[1], "tcp") == 0;
    if (!tcp && !(argc == 4 && strcmp(argv[1], "rtu") == 0)) {
        fprintf(stderr, "usage: libmodbus_server tcp | rtu TTY UNIT\n");
        return 2;
    }
    modbus_t *line = tcp ? modbus_new_tcp("127.0.0.1", 0) : modbus_new_rtu(argv[2], 115200, 'N', 8, 1);
    if (line == NULL)
        fail("new");
    int listener = -1;
    if (tcp) {
        struct sockaddr_in bound;
        socklen_t length = sizeof bound;
        if ((listener = modbus_tcp_listen(line, 1)) < 0)
            fail("listen");
        if (getsockname(listener, (struct sockaddr *)&bound, &length) != 0)
            fail("getsockname");
        printf("listening %d\n", ntohs(bound.sin_port));
    } else {
        modbus_set_slave(line, atoi(argv[3]));
        if (modbus_connect(line) != 0)
            fail("open");
        printf("listening %s\n", argv[2]);
    }
    fflush(stdout);
    for (;;) {
        if (tcp) {
            await(listener, map);
            if (modbus_tcp_accept(line, &listener) < 0)
                fail("accept");
        }
        for (;;) {
            uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
            await(modbus_get_socket(line), map);
            int length = modbus_receive(line, query);
            if (length > 0)
                modbus_reply(line, query, length, map);
            else if (length < 0 && tcp)
                break;
        }
        modbus_close(line);
    }
}
