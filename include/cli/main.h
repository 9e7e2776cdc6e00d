/* main.h - the program tenure: one command from its words to its output. */
#ifndef CLI_MAIN_H
#define CLI_MAIN_H

/* Returns the exit status: 0, or that of the kind of error (err_faces). */
int cli_main(int argc, char **argv);

#endif
