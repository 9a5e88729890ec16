package io.gramian.spark.tokenize;

/**
 * What {@link Tokenize} did.
 *
 * @param documents documents read that had any text
 * @param tokens tokens in the sequences that were written
 * @param sequences sequences that were written
 * @param path the folder that holds them
 */
public record TokenizeResult(long documents, long tokens, long sequences, String path) {}
