/**
 * Progress as a person or a log reads it: a moving bar on a terminal, a line every ten per cent
 * elsewhere, always on standard error.
 */
package io.gramian.jobs.console;
