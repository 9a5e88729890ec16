/**
 * Prompt in, text out, token by token, at a width that may change between two tokens.
 *
 * <p>A generator joins a session, a tokenizer and a sampler. A policy decides about the width; the
 * one that ships here follows the memory that the machine has left.
 */
package io.gramian.edge.generate;
