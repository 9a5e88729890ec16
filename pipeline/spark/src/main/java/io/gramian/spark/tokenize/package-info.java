/**
 * From text to calibration sequences: the verb {@code tokenize} and the reader of what it writes.
 *
 * <p>{@link io.gramian.spark.tokenize.Tokenize} makes two passes. The first reads the corpus in
 * splits that follow its order, tokenises every document and counts. The counts tell the driver at
 * which token each partition begins, so the second pass can cut every document into pieces that
 * know their sequence and their place in it; pieces meet by sequence, are joined and written. No
 * step depends on how the corpus was split, hence neither does any byte of the result.
 */
package io.gramian.spark.tokenize;
