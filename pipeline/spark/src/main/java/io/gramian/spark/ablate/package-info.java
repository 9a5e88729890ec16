/**
 * The verb {@code ablate}: how perplexity depends on the criteria and on the width. One calibration
 * serves all; executors sort and cut blocks in memory, and no narrower model is ever written.
 */
package io.gramian.spark.ablate;
