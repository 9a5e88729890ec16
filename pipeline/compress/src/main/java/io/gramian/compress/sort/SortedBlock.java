package io.gramian.compress.sort;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.AxisSources;
import io.gramian.model.Coupling;
import io.gramian.model.HeadLayout;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.Rope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A block's weights with its orders applied: rotations of value and output, then permutations of
 * everything else. Names and shapes stay; the block's output at full width stays.
 *
 * <p>A value bias rotates with its rows: {@code b_v' = B' b_v}. Since it passes through the softmax
 * average unchanged this is exact, and no output bias appears that the checkpoint's own format does
 * not have. (algorithms.md folds it into the output bias instead; that is only needed once channels
 * are dropped, and only for their share.)
 */
public final class SortedBlock {

  private SortedBlock() {}

  /** The sorted weights of {@code block}, F32, owned by the caller. */
  public static Weights of(ResidualBlock block, BlockDecision decision, Weights weights) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      weights.names().forEach(name -> tensors.put(name, weights.get(name)));
      block.mixer().accept(new Rotate(decision, tensors));
      AxisSources.of(block, decision.unitOrders())
          .forEach(
              (axis, sources) ->
                  tensors.computeIfPresent(
                      axis.tensor(), (name, tensor) -> Tensors.take(tensor, axis.axis(), sources)));
      return Weights.of(tensors);
    }
  }

  /**
   * The rotary pair that stands at each place after sorting, per KV head, in the numbering of the
   * original model; empty for a block without rotary pairs.
   *
   * @param orders those of the block, by head
   */
  public static List<List<Integer>> pairOrders(ResidualBlock block, List<RankOrder> orders) {
    return block.mixer().accept(new PairOrders(orders));
  }

  /** The sorted block: an attention's rotary pairs in their new order, all else as it was. */
  public static ResidualBlock describe(ResidualBlock block, BlockDecision decision) {
    List<List<Integer>> pairs = pairOrders(block, decision.orders());
    return pairs.isEmpty() || !(block.mixer() instanceof Attention attention)
        ? block
        : new ResidualBlock(
            block.blockIndex(),
            block.layerIndex(),
            block.norm(),
            attention.withRope(attention.rope().withPairOrders(pairs)));
  }

  private record PairOrders(List<RankOrder> orders) implements MixerVisitor<List<List<Integer>>> {

    @Override
    public List<List<Integer>> attention(Attention attention) {
      return attention.rotary().map(this::perHead).orElse(List.of());
    }

    private List<List<Integer>> perHead(Rope rope) {
      return orders.stream()
          .filter(order -> order.group().coupling() == Coupling.QUERY_KEY)
          .map(order -> pairs(order, rope))
          .toList();
    }

    /** Composed with the order that an already sorted model came with. */
    private static List<Integer> pairs(RankOrder order, Rope rope) {
      List<List<Integer>> before = rope.pairOrders();
      return order.order().stream()
          .filter(unit -> unit < rope.pairs())
          .map(pair -> before.isEmpty() ? pair : before.get(order.group().head()).get(pair))
          .toList();
    }

    @Override
    public List<List<Integer>> mlp(Mlp mlp) {
      return List.of();
    }

    @Override
    public List<List<Integer>> mamba2(Mamba2 mamba2) {
      return List.of();
    }
  }

  /** Replaces value and output maps by the rotated ones, in F64. */
  private record Rotate(BlockDecision decision, Map<String, Tensor> tensors)
      implements MixerVisitor<Void> {

    @Override
    public Void attention(Attention attention) {
      String value = attention.value().weight();
      String output = attention.output().weight();
      tensors.put(value, tensors.get(value).clone());
      tensors.put(output, tensors.get(output).clone());
      attention.value().biasName().ifPresent(b -> tensors.put(b, tensors.get(b).clone()));
      decision.rotations().forEach(rotation -> rotate(attention, rotation));
      return null;
    }

    private void rotate(Attention attention, Rotation rotation) {
      HeadLayout layout = attention.layout();
      int size = attention.valueSize();
      Tensor transposed = rotation.basis().t();
      Tensor inverse = rotation.inverse();
      int head = rotation.kvHead();
      rows(attention.value().weight(), head, size, transposed);
      attention.value().biasName().ifPresent(bias -> rows(bias, head, size, transposed));
      int queries = layout.queriesPerKvHead();
      IntStream.range(head * queries, (head + 1) * queries)
          .forEach(query -> columns(attention.output().weight(), query, size, inverse));
    }

    /** {@code rows <- B' rows}. */
    private void rows(String name, int head, int size, Tensor transposed) {
      Scopes.compute(
          () -> {
            Tensor rows = tensors.get(name).narrow(0, (long) head * size, size);
            return rows.copy_(transposed.matmul(Tensors.toDouble(rows)));
          });
    }

    /** {@code columns <- columns B^-T}, on disk the output map is {@code [h, H d]}. */
    private void columns(String name, int head, int size, Tensor inverse) {
      Scopes.compute(
          () -> {
            Tensor columns = tensors.get(name).narrow(1, (long) head * size, size);
            return columns.copy_(Tensors.toDouble(columns).mm(inverse.t()));
          });
    }

    @Override
    public Void mlp(Mlp mlp) {
      return null;
    }

    @Override
    public Void mamba2(Mamba2 mamba2) {
      return null;
    }
  }
}
