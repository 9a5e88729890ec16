package io.gramian.model.gguf;

import io.gramian.model.Attention;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names that GGUF gives to a layer's tensors. */
final class GgufNames {

  static final String EMBEDDING = "token_embd.weight";
  static final String FINAL_NORM = "output_norm.weight";
  static final String HEAD = "output.weight";
  static final String ROPE_FACTORS = "rope_freqs.weight";

  private final ResidualBlock block;

  GgufNames(ResidualBlock block) {
    this.block = block;
  }

  /** Of the block's norm. */
  String norm() {
    return name(block.mixer() instanceof Attention ? "attn_norm" : "ffn_norm", "weight");
  }

  /** Of the block's maps without suffix, in the order in which they are written. */
  Map<LinearSpec, String> maps() {
    Map<LinearSpec, String> names = new LinkedHashMap<>();
    if (block.mixer() instanceof Attention attention) {
      names.put(attention.query(), "attn_q");
      names.put(attention.key(), "attn_k");
      names.put(attention.value(), "attn_v");
      names.put(attention.output(), "attn_output");
    } else if (block.mixer() instanceof Mlp mlp) {
      mlp.gateMap().ifPresent(gate -> names.put(gate, "ffn_gate"));
      names.put(mlp.up(), "ffn_up");
      names.put(mlp.down(), "ffn_down");
    }
    return names;
  }

  /** {@code blk.0.attn_q.weight}. */
  String name(String map, String suffix) {
    return "blk." + block.layerIndex() + "." + map + "." + suffix;
  }
}
