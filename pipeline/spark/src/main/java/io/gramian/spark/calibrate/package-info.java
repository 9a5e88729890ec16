/**
 * The verb {@code calibrate}: one pass of the calibration set through the model, and the statistics
 * of every block written by the tasks where their tiles were reduced.
 *
 * <p>It may take days, so it is done wave by wave, and a wave that is finished stays finished: the
 * run's folder holds {@link io.gramian.spark.calibrate.UnfinishedCalibration}, whose markers name
 * the files that later waves build on, with checksums. The same command goes on behind the last
 * wave that {@link io.gramian.spark.calibrate.SoundWaves} finds whole, with as much memory as it
 * then has.
 */
package io.gramian.spark.calibrate;
