/**
 * Options that several verbs share, checked before Spark starts.
 *
 * <p>Where neither a model nor a text is named, {@link io.gramian.jobs.options.Sample} stands in,
 * so that every verb runs on a fresh clone without any option.
 */
package io.gramian.jobs.options;
