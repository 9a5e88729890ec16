package io.gramian.edge.kernel;

/**
 * One linear map of one session at one width: {@code y_t = W x_t} for every token {@code t} of a
 * batch.
 *
 * @param weights the map's
 * @param output {@code [tokens, stride]}
 * @param stride from one token's outputs to the next one's
 */
public record Product(WeightRows weights, float[] output, int stride) {}
