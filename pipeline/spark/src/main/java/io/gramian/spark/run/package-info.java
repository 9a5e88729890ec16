/**
 * One execution from text to artifacts: which phases there are, what each depends on, and the
 * manifest that says which are done.
 *
 * <p>{@link io.gramian.spark.run.Pipeline} is the table of contents and what notebooks, schedulers
 * and the command line call; {@link io.gramian.spark.run.Run} keeps the books. A phase is
 * identified by its {@link io.gramian.spark.run.Ingredients}: everything that determines its
 * outputs, as text. A rerun skips what the manifest proves done and refuses to mix outputs of
 * different ingredients.
 */
package io.gramian.spark.run;
