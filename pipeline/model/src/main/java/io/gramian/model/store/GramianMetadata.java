package io.gramian.model.store;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Attention;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Permutation;
import io.gramian.model.ResidualBlock;
import io.gramian.model.Rope;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code gramian.json} says about a sorted checkpoint: how it was sorted, and what a runtime
 * must know to rotate its reordered heads.
 *
 * @param criteria the criterion of each coupling that was sorted, for example {@code output-error}
 * @param pairOrders by block index of the attention blocks, {@code [kvHeads][r/2]}: the RoPE pair
 *     of the original model that now stands at each place; empty if no pair was moved
 */
public record GramianMetadata(
    Map<Coupling, String> criteria, Map<Integer, List<List<Integer>>> pairOrders)
    implements Serializable {

  /** The file's name in a checkpoint's folder. */
  public static final String FILE = "gramian.json";

  /** The newest format that this version reads, and the one it writes. */
  public static final int FORMAT_VERSION = 1;

  /** Copies both, in a fixed order. */
  public GramianMetadata {
    Map<Coupling, String> sortedCriteria = new EnumMap<>(Coupling.class);
    sortedCriteria.putAll(criteria);
    criteria = Collections.unmodifiableMap(sortedCriteria);
    Map<Integer, List<List<Integer>>> sortedOrders = new TreeMap<>();
    pairOrders.forEach(
        (block, heads) -> sortedOrders.put(block, heads.stream().map(List::copyOf).toList()));
    pairOrders = Collections.unmodifiableMap(sortedOrders);
  }

  /**
   * Reads {@code gramian.json}, if the folder has one.
   *
   * @throws UserException if it is damaged or of a newer format
   */
  public static Optional<GramianMetadata> read(Directory directory) throws IOException {
    if (!directory.exists(FILE)) {
      return Optional.empty();
    }
    try (InputStream in = directory.read(FILE)) {
      return Optional.of(GramianJson.parse(in.readAllBytes(), directory.name() + "/" + FILE));
    }
  }

  /** The file's content: UTF-8 JSON. Equal metadata give equal bytes. */
  public byte[] toJson() {
    return GramianJson.write(this);
  }

  /**
   * The decoder of a sorted checkpoint: every attention block that rotates with its pair orders.
   *
   * @param spec what {@code config.json} describes
   * @throws UserException if the orders are not those of such a model
   */
  public DecoderSpec applyTo(DecoderSpec spec) {
    pairOrders.keySet().forEach(block -> requireRotaryAttention(spec, block));
    if (pairOrders.isEmpty()) {
      return spec;
    }
    return spec.withBlocks(spec.blocks().stream().map(this::applyTo).toList());
  }

  private ResidualBlock applyTo(ResidualBlock block) {
    Optional<Rope> rope = rotary(block);
    if (rope.isEmpty()) {
      return block;
    }
    List<List<Integer>> orders = pairOrders.get(block.blockIndex());
    if (orders == null) {
      throw refusal("no pair order for block %d, although others have one", block.blockIndex());
    }
    Attention attention = (Attention) block.mixer();
    requireFit(block.blockIndex(), orders, attention.layout().kvHeads(), rope.get().pairs());
    return new ResidualBlock(
        block.blockIndex(),
        block.layerIndex(),
        block.norm(),
        attention.withRope(rope.get().withPairOrders(orders)));
  }

  private static void requireRotaryAttention(DecoderSpec spec, int block) {
    int blocks = spec.blocks().size();
    if (block < 0 || block >= blocks) {
      throw refusal("a pair order for block %d, but the model has blocks 0..%d", block, blocks - 1);
    }
    if (rotary(spec.blocks().get(block)).isEmpty()) {
      throw refusal(
          "a pair order for block %d, but that is no attention with rotary embedding", block);
    }
  }

  private static void requireFit(int block, List<List<Integer>> orders, int kvHeads, int pairs) {
    if (orders.size() != kvHeads) {
      throw refusal(
          "block %d has pair orders of %d KV heads, but the model has %d",
          block, orders.size(), kvHeads);
    }
    for (int head = 0; head < kvHeads; head++) {
      Optional<String> defect = Permutation.defect(orders.get(head), pairs);
      if (defect.isPresent()) {
        throw refusal("the pair order of block %d, KV head %d %s", block, head, defect.get());
      }
    }
  }

  private static Optional<Rope> rotary(ResidualBlock block) {
    return block.mixer() instanceof Attention attention ? attention.rotary() : Optional.empty();
  }

  private static UserException refusal(String format, Object... numbers) {
    return new UserException(
        FILE
            + " does not fit the model: "
            + String.format(Locale.ROOT, format, numbers)
            + "; it belongs to another checkpoint or is damaged: sort again");
  }
}
