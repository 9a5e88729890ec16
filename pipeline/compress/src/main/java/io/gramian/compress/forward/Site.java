package io.gramian.compress.forward;

/** A named activation whose statistics are recorded. */
public enum Site {
  /** Queries after rotation, {@code [B, H, T, d]}. */
  QUERY("query"),
  /** Keys after rotation, {@code [B, KV heads, T, d]}. */
  KEY("key"),
  /** Values before their bias, {@code [B, KV heads, T, d]}. */
  VALUE("value"),
  /** Input of the MLP's down projection, {@code [B, T, n]}. */
  DOWN_INPUT("down-input"),
  /** The residual stream around one residual block. */
  BLOCK_INFLUENCE("block-influence"),
  /** The residual stream around one Hugging Face layer; recorded at the layer's last block. */
  LAYER_INFLUENCE("layer-influence");

  private final String label;

  Site(String label) {
    this.label = label;
  }

  /** The name used in file names and messages. */
  public String label() {
    return label;
  }
}
