/**
 * The verb {@code export}: the packed artifact of a run at a width, in a format that other runtimes
 * read. The driver writes it alone, a block at a time: it is copying, bound by the disk, and ends
 * in one file or few. What the formats are is the model module's business.
 */
package io.gramian.spark.export;
