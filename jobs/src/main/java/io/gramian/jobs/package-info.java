/**
 * The command line: {@code gramian VERB [options]}.
 *
 * <p>{@link io.gramian.jobs.Main} turns a command line into an exit code; a verb is one class that
 * turns its options into a request and its result into a few lines. Everything of substance happens
 * in the modules below. Results go to standard output; progress, warnings and errors go to standard
 * error.
 */
package io.gramian.jobs;
