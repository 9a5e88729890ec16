/**
 * From logits to the next token: always the likeliest one, or one drawn by chance from those that
 * matter.
 *
 * <p>A sampler belongs to one text. The same seed gives the same text on every machine that
 * computes the same logits.
 */
package io.gramian.edge.sampling;
