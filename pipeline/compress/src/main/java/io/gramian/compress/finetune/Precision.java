package io.gramian.compress.finetune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Of the products with frozen matrices in training. Adapters, norms, scans, softmax, the residual
 * stream and the optimiser are F32 always.
 */
public enum Precision {
  /** All F32. */
  FLOAT32,
  /** Frozen matrices and the inputs of linear maps are rounded to BF16; results are F32 again. */
  BFLOAT16,
  /** {@link #BFLOAT16} where the processor multiplies it, else {@link #FLOAT32}. */
  AUTO;

  /**
   * This, or what {@link #AUTO} stands for on this machine: {@link #BFLOAT16} where {@code
   * /proc/cpuinfo} has the flag {@code amx_bf16} or {@code avx512_bf16}. Machines may differ, so
   * one of them decides for all.
   */
  public Precision resolved() {
    return this == AUTO ? fastest() : this;
  }

  private static Precision fastest() {
    Path path = Path.of("/proc/cpuinfo");
    try {
      String flags = Files.isReadable(path) ? Files.readString(path) : "";
      return flags.contains("amx_bf16") || flags.contains("avx512_bf16") ? BFLOAT16 : FLOAT32;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name used in options and records. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
