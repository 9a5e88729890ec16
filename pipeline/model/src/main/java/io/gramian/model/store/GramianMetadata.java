package io.gramian.model.store;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.NarrowedBlock;
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
 * must know to rotate its reordered heads; about a sliced one also which widths its blocks have,
 * for {@code config.json} stays that of the original.
 *
 * @param criteria the criterion of each coupling that was sorted, for example {@code output-error}
 * @param pairOrders by block index of the attention blocks, {@code [kvHeads][r/2]}: the RoPE pair
 *     of the original model that now stands at each place, fewer than {@code r/2} where a width
 *     dropped some; empty if no pair was moved
 * @param widths by block index, the units that every coupling of every block has left; empty if the
 *     checkpoint is as wide as {@code config.json} says
 * @param quantisation of a packed artifact; null for a checkpoint of floating-point weights
 */
public record GramianMetadata(
    Map<Coupling, String> criteria,
    Map<Integer, List<List<Integer>>> pairOrders,
    Map<Integer, BlockWidths> widths,
    Quantisation quantisation)
    implements Serializable {

  /** The file's name in a checkpoint's folder. */
  public static final String FILE = "gramian.json";

  /**
   * The newest format that this version reads. A checkpoint of full width is written as version 1,
   * which older readers know; one with widths as version 2 and a packed artifact as version 3, so
   * that they ask for a newer Gramian instead of calling it damaged.
   */
  public static final int FORMAT_VERSION = 3;

  /** Copies all, in a fixed order. */
  public GramianMetadata {
    Map<Coupling, String> sortedCriteria = new EnumMap<>(Coupling.class);
    sortedCriteria.putAll(criteria);
    criteria = Collections.unmodifiableMap(sortedCriteria);
    Map<Integer, List<List<Integer>>> sortedOrders = new TreeMap<>();
    pairOrders.forEach(
        (block, heads) -> sortedOrders.put(block, heads.stream().map(List::copyOf).toList()));
    pairOrders = Collections.unmodifiableMap(sortedOrders);
    widths = Collections.unmodifiableMap(new TreeMap<>(widths));
  }

  /** Those of a checkpoint of full width. */
  public GramianMetadata(
      Map<Coupling, String> criteria, Map<Integer, List<List<Integer>>> pairOrders) {
    this(criteria, pairOrders, Map.of());
  }

  /** Those of a checkpoint of floating-point weights. */
  public GramianMetadata(
      Map<Coupling, String> criteria,
      Map<Integer, List<List<Integer>>> pairOrders,
      Map<Integer, BlockWidths> widths) {
    this(criteria, pairOrders, widths, null);
  }

  /** How the weights were quantised, if they were. */
  public Optional<Quantisation> quantised() {
    return Optional.ofNullable(quantisation);
  }

  /** Those of a packed artifact of the same decoder. */
  public GramianMetadata packed(Quantisation how) {
    return new GramianMetadata(criteria, pairOrders, widths, how);
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
   * The same for a slice of the checkpoint: with every width, and the pair orders as far as their
   * pairs are kept. Itself if nothing is dropped.
   *
   * @param spec the checkpoint's decoder
   * @param kept by block index, one for every block
   */
  public GramianMetadata sliced(DecoderSpec spec, Map<Integer, BlockWidths> kept) {
    Map<Integer, List<List<Integer>>> orders = new TreeMap<>();
    Map<Integer, BlockWidths> complete = new TreeMap<>();
    boolean narrower = false;
    for (ResidualBlock block : spec.blocks()) {
      BlockWidths widths = kept.get(block.blockIndex());
      ResidualBlock narrowed = NarrowedBlock.of(block, widths);
      narrower |= !narrowed.equals(block);
      rotary(narrowed)
          .filter(rope -> !rope.pairOrders().isEmpty())
          .ifPresent(rope -> orders.put(block.blockIndex(), rope.pairOrders()));
      complete.put(block.blockIndex(), StoredWidths.complete(block, widths));
    }
    return narrower ? new GramianMetadata(criteria, orders, complete, quantisation) : this;
  }

  /**
   * The decoder of a sorted or sliced checkpoint: every block as wide as it says, every attention
   * block that rotates with its pair orders.
   *
   * @param spec what {@code config.json} describes
   * @throws UserException if widths or orders are not those of such a model
   */
  public DecoderSpec applyTo(DecoderSpec spec) {
    pairOrders.keySet().forEach(block -> requireRotaryAttention(spec, block));
    widths.keySet().forEach(block -> StoredWidths.requireBlock(spec, block));
    if (pairOrders.isEmpty() && widths.isEmpty()) {
      return spec;
    }
    return spec.withBlocks(spec.blocks().stream().map(this::applyTo).toList());
  }

  private ResidualBlock applyTo(ResidualBlock block) {
    ResidualBlock narrowed =
        widths.isEmpty() ? block : StoredWidths.narrow(block, widths.get(block.blockIndex()));
    return pairOrders.isEmpty() ? narrowed : ordered(block, narrowed);
  }

  private ResidualBlock ordered(ResidualBlock original, ResidualBlock block) {
    Optional<Rope> rope = rotary(block);
    if (rope.isEmpty()) {
      return block;
    }
    List<List<Integer>> orders = pairOrders.get(block.blockIndex());
    if (orders == null) {
      throw refusal("no pair order for block %d, although others have one", block.blockIndex());
    }
    Attention attention = (Attention) block.mixer();
    requireHeads(block.blockIndex(), orders, attention.layout().kvHeads());
    int all = rotary(original).orElseThrow().pairs();
    for (int head = 0; head < orders.size(); head++) {
      requireFit(block.blockIndex(), head, orders.get(head), rope.get().pairs(), all);
    }
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

  private static void requireHeads(int block, List<List<Integer>> orders, int kvHeads) {
    if (orders.size() != kvHeads) {
      throw refusal(
          "block %d has pair orders of %d KV heads, but the model has %d",
          block, orders.size(), kvHeads);
    }
  }

  private static void requireFit(int block, int head, List<Integer> order, int kept, int all) {
    Permutation.partialDefect(order, kept, all)
        .ifPresent(
            defect -> {
              throw refusal("the pair order of block %d, KV head %d %s", block, head, defect);
            });
  }

  private static Optional<Rope> rotary(ResidualBlock block) {
    return block.mixer() instanceof Attention attention ? attention.rotary() : Optional.empty();
  }

  static UserException refusal(String format, Object... numbers) {
    return new UserException(
        FILE
            + " does not fit the model: "
            + String.format(Locale.ROOT, format, numbers)
            + "; it belongs to another checkpoint or is damaged: sort again");
  }
}
