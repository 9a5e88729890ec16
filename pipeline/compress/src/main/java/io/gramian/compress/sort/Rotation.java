package io.gramian.compress.sort;

import java.io.Serializable;

/**
 * A change of basis of one KV head's values: {@code W_v' = W_v B}, {@code W_o' = B^-1 W_o} in the
 * paper's row-vector notation.
 *
 * @param kvHead which head
 * @param size {@code d}
 * @param basis {@code B [d, d]}, row-major
 * @param inverse {@code B^-1 [d, d]}, row-major
 * @param singularValues {@code [d]}, descending
 */
public record Rotation(int kvHead, int size, double[] basis, double[] inverse, double[] singularValues)
    implements Serializable {}
