/**
 * The verb {@code allocate}: the influences that {@code calibrate} measured become the widths of
 * every block, one JSON file a keep ratio. Small work, done on the driver.
 */
package io.gramian.spark.allocate;
