/* daemon.h - the program tenured: makes an instance, runs it, looks after it. */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

/* Returns the exit status. */
int daemon_main(int argc, char **argv);

#endif
