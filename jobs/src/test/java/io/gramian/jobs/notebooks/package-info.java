/**
 * The notes in {@code notebooks/} are run here, paragraph by paragraph, with Scala's own shell, as
 * Zeppelin would run them: one that does not compile, fails, or draws a chart of nothing fails the
 * build.
 */
package io.gramian.jobs.notebooks;
