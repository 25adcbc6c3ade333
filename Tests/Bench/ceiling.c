/*
 * A bare program on libfcgi: says yes where the gate is asked, and 200 elsewhere. The bench measures
 * gatehouse against it, and the tests of the nginx files put it in the place of both pools.
 *
 *     ceiling SOCKET THREADS            the least that can be said
 *     ceiling SOCKET THREADS --answer   obeys the bearer token, and tells what it was told
 *
 * A thread waits on each connection that nginx keeps, so THREADS is at least as many as those.
 */
#define _GNU_SOURCE
#include <fcgiapp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int listening;
static int answering;
static atomic_ulong accepted;
static atomic_ulong asked;

/* libfcgi calls accept(2) by name: this one counts. */
int accept(int socket, struct sockaddr *address, socklen_t *length) {
    int connection = accept4(socket, address, length, 0);
    if (connection >= 0) atomic_fetch_add(&accepted, 1);
    return connection;
}

static void put_json(FCGX_Stream *out, const char *text, size_t length) {
    FCGX_PutChar('"', out);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = text[i];
        if (c == '"' || c == '\\') FCGX_FPrintF(out, "\\%c", c);
        else if (c < 0x20 || c > 0x7e) FCGX_FPrintF(out, "\\u%04x", c);
        else FCGX_PutChar(c, out);
    }
    FCGX_PutChar('"', out);
}

/* Every parameter in the order of arrival, doubled ones twice. */
static void put_parameters(FCGX_Request *request) {
    FCGX_PutChar('[', request->out);
    for (char **pair = request->envp; *pair; pair++) {
        const char *equals = strchr(*pair, '=');
        if (pair != request->envp) FCGX_PutChar(',', request->out);
        FCGX_PutChar('[', request->out);
        put_json(request->out, *pair, equals - *pair);
        FCGX_PutChar(',', request->out);
        put_json(request->out, equals + 1, strlen(equals + 1));
        FCGX_PutChar(']', request->out);
    }
    FCGX_PutChar(']', request->out);
}

/* The token is the answer: "yes", a status, or "late". */
static void answer_gate(FCGX_Request *request) {
    const char *credential = FCGX_GetParam("HTTP_AUTHORIZATION", request->envp);
    const char *answer = credential && !strncmp(credential, "Bearer ", 7) ? credential + 7 : "401";

    if (!strcmp(answer, "late")) sleep(8);
    if (!strcmp(answer, "500") || !strcmp(answer, "200")) {
        FCGX_FPrintF(request->out, "Status: %s\r\nContent-Type: text/plain\r\n\r\nbody", answer);
    } else if (strcmp(answer, "yes")) {
        FCGX_FPrintF(request->out, "Status: %s\r\n", !strcmp(answer, "401") ? "401" : "403");
        FCGX_FPrintF(request->out, "X-Gate-Status: %s\r\nX-Request-ID: from-the-gate\r\n", answer);
        if (!strcmp(answer, "401") || !strcmp(answer, "403"))
            FCGX_PutS("WWW-Authenticate: Bearer realm=\"gate\"\r\n", request->out);
        if (!strcmp(answer, "429")) FCGX_PutS("Retry-After: 17\r\n", request->out);
        FCGX_FPrintF(
            request->out, "X-Gate-Problem: {\"status\":%s,\"code\":\"said_by_the_gate\"}\r\n\r\n", answer);
    } else {
        FCGX_PutS("Status: 204\r\nX-Request-ID: from-the-gate\r\nX-Auth-Subject: subject\r\n"
                  "X-Auth-Organization: organization\r\nX-Auth-Scopes: pipelines:read\r\n"
                  "X-Auth-Credential: personal_access_token:1\r\n\r\n", request->out);
    }
}

static void *serve(void *unused) {
    FCGX_Request request;
    FCGX_InitRequest(&request, listening, 0);
    while (FCGX_Accept_r(&request) >= 0) {
        int gate = FCGX_GetParam("GATE_ENDPOINT", request.envp) != NULL;
        const char *query = FCGX_GetParam("QUERY_STRING", request.envp);
        if (!answering && gate) {
            FCGX_PutS("Status: 204\r\nX-Auth-Subject: 01890a5d-ac96-774b-bcce-b302099a8057\r\n"
                      "X-Auth-Username: admin\r\nX-Auth-Organization: 01890a5d-ac96-774b-bcce-b302099a8058\r\n"
                      "X-Auth-Scopes: pipelines:read\r\nX-Auth-Credential: personal_access_token:1\r\n"
                      "X-Request-ID: 0123456789abcdef0123456789abcdef\r\n\r\n", request.out);
        } else if (!answering) {
            FCGX_PutS("Status: 200\r\nContent-Type: application/json\r\n\r\n{}", request.out);
        } else if (gate) {
            atomic_fetch_add(&asked, 1);
            fprintf(stderr, "asked %s %s\n", FCGX_GetParam("GATE_METHOD", request.envp),
                    FCGX_GetParam("GATE_URI", request.envp));
            answer_gate(&request);
        } else if (query && !strncmp(query, "status=", 7)) {
            FCGX_FPrintF(request.out, "Status: %s\r\nContent-Type: text/plain\r\nX-Request-ID: "
                         "from-the-application\r\n\r\nown words", query + 7);
        } else {
            FCGX_FPrintF(request.out, "Status: 200\r\nContent-Type: application/json\r\n"
                         "X-Request-ID: from-the-application\r\n\r\n{\"accepted\":%lu,\"asked\":%lu,\"told\":",
                         atomic_load(&accepted), atomic_load(&asked));
            put_parameters(&request);
            FCGX_PutS("}", request.out);
        }
        FCGX_Finish_r(&request);
    }
    return unused;
}

int main(int count, char **words) {
    if (count < 3) return fputs("ceiling SOCKET THREADS [--answer]\n", stderr), 2;
    answering = count > 3;
    umask(0117);
    FCGX_Init();
    listening = FCGX_OpenSocket(words[1], 1024);
    if (listening < 0) return perror(words[1]), 1;
    for (int i = atoi(words[2]); i > 0; i--) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, NULL)) return perror("thread"), 1;
    }
    pause();
    return 0;
}
