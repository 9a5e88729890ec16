/**
 * The verb {@code report}: one HTML file that shows a run to people, from the run's own files.
 *
 * <p>Three steps. Readers turn the run's tables into plain records ({@link
 * io.gramian.spark.report.Score}, {@link io.gramian.spark.report.Spectrum}, ...). Section classes
 * turn records into {@link io.gramian.spark.report.Chart}s and {@link
 * io.gramian.spark.report.Table}s, which are data and know no HTML. {@link
 * io.gramian.spark.report.PageTemplate} puts them into the template {@code report.html}, with the
 * style, the script and the charting library in the page, so that it opens from a disk without a
 * network. What a run lacks is left out.
 */
package io.gramian.spark.report;
