/**
 * The verb {@code calibrate}: one pass of the calibration set through the model, and the statistics
 * of every block written by the tasks where their tiles were reduced.
 */
package io.gramian.spark.calibrate;
