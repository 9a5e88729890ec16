package io.gramian.compress.forward;

/** A named activation whose statistics are recorded. */
public enum Site {
  /** A mixer's input, {@code norm(x) [B, T, h]}: what its first maps read. */
  MIXER_INPUT("mixer-input"),
  /** Queries after rotation, {@code [B, H, T, d]}. */
  QUERY("query"),
  /** Keys after rotation, {@code [B, KV heads, T, d]}. */
  KEY("key"),
  /** Values before their bias, {@code [B, KV heads, T, d]}. */
  VALUE("value"),
  /** Input of an attention's output projection: heads side by side, {@code [B, T, H d]}. */
  ATTENDED("attended"),
  /** Input of the MLP's down projection, {@code [B, T, n]}. */
  DOWN_INPUT("down-input"),
  /** {@code dt_j B_g} after convolution, {@code [B, SSM heads, T, N]}. */
  STATE_KEY("state-key"),
  /** {@code C_g} after convolution, {@code [B, groups, T, N]}. */
  STATE_QUERY("state-query"),
  /** Recurrent states {@code h_t} of each SSM head, seen as rows of {@code P} channels. */
  STATE("state"),
  /** Contributions {@code C_ti h_tip} of each group's state channels to the block's output. */
  STATE_OUTPUT("state-output"),
  /** Input of a state space mixer's output projection, {@code [B, T, H P]}. */
  OUT_INPUT("out-input"),
  /** Input of the head: the final norm's output, {@code [B, T, h]}. */
  HEAD_INPUT("head-input"),
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
