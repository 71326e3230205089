/* The least a poller can cost: one thread asks one connection after the other for holding registers, by libmodbus.
 * bare tcp REGISTERS SECONDS PORT...            one device at each port of 127.0.0.1
 * bare rtu REGISTERS SECONDS TTY BAUD UNITS     units 1..UNITS on one line, eight data bits, no parity
 * Prints: requests, seconds, processor seconds. */
#include <errno.h>
#include <modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double seconds(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static double processor(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

int main(int count, char **words) {
    if (count < 5)
        return 2;
    int line = strcmp(words[1], "rtu") == 0, registers = atoi(words[2]);
    int devices = line ? atoi(words[6]) : count - 4;
    modbus_t **device = calloc(devices, sizeof *device);
    for (int at = 0; at < devices; at++) {
        if (line && at > 0) {
            device[at] = device[0];
            continue;
        }
        device[at] = line ? modbus_new_rtu(words[4], atoi(words[5]), 'N', 8, 1)
                          : modbus_new_tcp("127.0.0.1", atoi(words[4 + at]));
        if (modbus_connect(device[at]) != 0) {
            perror(words[4]);
            return 1;
        }
        modbus_set_response_timeout(device[at], 2, 0);
        modbus_set_slave(device[at], 1);
    }
    uint16_t values[MODBUS_MAX_READ_REGISTERS];
    unsigned long answered = 0;
    double begun = seconds(), used = processor();
    while (seconds() - begun < atof(words[3])) {
        for (int at = 0; at < devices; at++) {
            if (line)
                modbus_set_slave(device[at], at + 1);
            if (modbus_read_registers(device[at], 0, registers, values) != registers) {
                fprintf(stderr, "%s\n", modbus_strerror(errno));
                return 1;
            }
            answered++;
        }
    }
    printf("%lu %f %f\n", answered, seconds() - begun, processor() - used);
    return 0;
}
