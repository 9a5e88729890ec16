/**
 * A packed artifact in the shapes that other runtimes know: which channel stands where, what a
 * format cannot say, and zeros where it may be filled up.
 *
 * <p>Other formats have one head size for all heads and one rotation, whose pairs stand in their
 * natural order. Rows go back to these places without being changed, since the scales of a map run
 * along its rows. What a narrow width dropped has no place there: a format refuses it ({@link
 * io.gramian.model.export.Exporter#refusal}), or zeros take it ({@link
 * io.gramian.model.export.Padding#ZEROS}), which are exact and save nothing.
 */
package io.gramian.model.export;
