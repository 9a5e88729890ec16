package io.gramian.model;

/** Element-wise non-linearities of the supported families. */
public enum Activation {
  /** {@code x * sigmoid(x)}. */
  SILU,
  /** {@code x/2 * (1 + erf(x / sqrt 2))}. */
  GELU,
  /** The tanh approximation of GELU. */
  GELU_TANH,
  /** {@code max(x, 0)^2}. */
  RELU_SQUARED
}
