package io.gramian.compress.statistics;

import org.bytedeco.pytorch.Tensor;

/** A symmetric matrix {@code F [n, n]} that is made a strip of rows at a time. */
@FunctionalInterface
public interface StripFactor {

  /**
   * Rows {@code from} to {@code to} (exclusive) of its columns {@code from} to {@code n}: {@code
   * [to - from, n - from]}, F32 or F64. What stands below its diagonal is not looked at.
   */
  Tensor strip(int from, int to);
}
