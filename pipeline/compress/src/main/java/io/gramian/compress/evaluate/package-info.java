/**
 * How well a model predicts held-out text: loss, perplexity and top-1 accuracy of the next token,
 * as exact sums that add up over any split of the text.
 */
package io.gramian.compress.evaluate;
