package io.gramian.compress.sort;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.StatisticTiles;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.SymmetricProduct;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.HeadLayout;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.ScanLayout;
import io.gramian.model.TensorShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Decides the rank order of every coupling group of a block. */
public final class BlockDecider {

  private final SortCriteria criteria;

  public BlockDecider(SortCriteria criteria) {
    this.criteria = criteria;
  }

  /** The sites whose statistics {@link #decide} reads. */
  public Set<Site> sites(ResidualBlock block) {
    return block.mixer().accept(new Needs()).sites();
  }

  /** The weights that {@link #decide} reads; the others need not be loaded. */
  public List<TensorShape> tensors(ResidualBlock block) {
    String weight = block.mixer().accept(new Needs()).weight();
    return block.tensors().stream().filter(shape -> shape.name().equals(weight)).toList();
  }

  /**
   * Ranks the units of every group of {@code block}. Large statistics are read a tile at a time, so
   * that the peak is one matrix {@code [n, n]} in native memory, {@code 8 n^2} bytes, and the
   * weights ({@link MlpOrder}, {@link HeadChannelOrder}); an attention needs its heads' {@code [d,
   * d]} and one query head's output weights in F64.
   *
   * @param statistics at least those of {@link #sites}
   * @param weights at least those of {@link #tensors}
   */
  public BlockDecision decide(
      ResidualBlock block, Map<Site, ? extends StatisticTiles> statistics, Weights weights) {
    return block.mixer().accept(new Decision(block, statistics, weights));
  }

  /** What a mixer's criteria look at. */
  private record Inputs(Set<Site> sites, String weight) {}

  private static final class Needs implements MixerVisitor<Inputs> {
    @Override
    public Inputs attention(Attention attention) {
      return new Inputs(Set.of(Site.QUERY, Site.KEY, Site.VALUE), attention.output().weight());
    }

    @Override
    public Inputs mlp(Mlp mlp) {
      return new Inputs(Set.of(Site.DOWN_INPUT), mlp.down().weight());
    }

    @Override
    public Inputs mamba2(Mamba2 mamba2) {
      return new Inputs(
          Set.of(Site.STATE_KEY, Site.STATE_QUERY, Site.STATE, Site.STATE_OUTPUT, Site.OUT_INPUT),
          mamba2.output().weight());
    }
  }

  private final class Decision implements MixerVisitor<BlockDecision> {

    private final ResidualBlock block;
    private final Map<Site, ? extends StatisticTiles> statistics;
    private final Weights weights;

    Decision(ResidualBlock block, Map<Site, ? extends StatisticTiles> statistics, Weights weights) {
      this.block = block;
      this.statistics = statistics;
      this.weights = weights;
    }

    @Override
    public BlockDecision mlp(Mlp mlp) {
      CoupledUnits units = groups(Coupling.MLP).get(0);
      double[] scores =
          MlpOrder.scores(
              criteria.mlp(), statistics.get(Site.DOWN_INPUT), weights.get(mlp.down().weight()));
      RankOrder order = byScore(units, criteria.mlp(), scores);
      return new BlockDecision(block.blockIndex(), List.of(order), List.of());
    }

    @Override
    public BlockDecision mamba2(Mamba2 mamba2) {
      ScanLayout layout = mamba2.layout();
      double[] channels =
          HeadChannelOrder.scores(
              criteria.headChannel(), statistics, layout, weights.get(mamba2.output().weight()));
      List<RankOrder> orders = new ArrayList<>();
      for (CoupledUnits units : groups(Coupling.B_C)) {
        double[] scores =
            StateOrder.scores(criteria.state(), statistics, layout, units.group().head());
        orders.add(byScore(units, criteria.state(), scores));
      }
      for (CoupledUnits units : groups(Coupling.Z_X_OUT)) {
        double[] scores = HeadChannelOrder.ofHead(channels, layout, units.group().head());
        orders.add(byScore(units, criteria.headChannel(), scores));
      }
      return new BlockDecision(block.blockIndex(), orders, List.of());
    }

    private static RankOrder byScore(CoupledUnits units, Criterion criterion, double[] scores) {
      return new RankOrder(
          units.group(),
          units.unit(),
          criterion.label(),
          Scores.descending(scores),
          Scores.list(scores));
    }

    @Override
    public BlockDecision attention(Attention attention) {
      List<RankOrder> orders = new ArrayList<>();
      groups(Coupling.QUERY_KEY).forEach(units -> orders.add(queryKey(units, attention)));
      List<Rotation> rotations =
          IntStream.range(0, attention.layout().kvHeads())
              .mapToObj(head -> rotation(attention, head))
              .toList();
      groups(Coupling.VALUE_OUTPUT)
          .forEach(units -> orders.add(valueOutput(units, rotations.get(units.group().head()))));
      return new BlockDecision(block.blockIndex(), orders, rotations);
    }

    private List<CoupledUnits> groups(Coupling coupling) {
      return CouplingGroups.of(block).stream()
          .filter(units -> units.group().coupling() == coupling)
          .toList();
    }

    private RankOrder queryKey(CoupledUnits units, Attention attention) {
      double[] channels =
          QueryKeyOrder.channelScores(
              statistics.get(Site.QUERY),
              statistics.get(Site.KEY),
              attention,
              units.group().head());
      double[] scores = QueryKeyOrder.unitScores(channels, units.segments());
      return new RankOrder(
          units.group(),
          units.unit(),
          criteria.queryKey().label(),
          criteria.queryKey() == QueryKeyCriterion.NONE
              ? units.identity()
              : QueryKeyOrder.order(scores, units.segments()),
          Scores.list(scores));
    }

    private Rotation rotation(Attention attention, int kvHead) {
      return Scopes.compute(
          () -> {
            StatisticTiles values = statistics.get(Site.VALUE);
            int size = attention.valueSize();
            Tensor gram =
                Tensors.times(
                    Tensor.create(values.head(kvHead), size, size), values.correlationScale());
            Tensor output = outputGram(attention, kvHead);
            return ValueOutputRotation.of(criteria.valueOutput(), kvHead, gram, output);
          });
    }

    /**
     * {@code sum over the KV head's queries of W_oj W_oj' [d, d]}, F64. A symmetric update makes
     * the upper half only, which is half the work of a product; the other half mirrors it.
     */
    private Tensor outputGram(Attention attention, int kvHead) {
      HeadLayout layout = attention.layout();
      Tensor output = weights.get(attention.output().weight());
      int size = attention.valueSize();
      Tensor sum = Tensors.zerosDouble(size, size);
      for (int j = 0; j < layout.queriesPerKvHead(); j++) {
        long from = (long) (kvHead * layout.queriesPerKvHead() + j) * size;
        Scopes.compute(
            () -> {
              Tensor head = Tensors.range(output, 1, from, from + size);
              return SymmetricProduct.addTo(sum, Tensors.toDouble(head).contiguous());
            });
      }
      return SymmetricProduct.mirrored(sum);
    }

    private RankOrder valueOutput(CoupledUnits units, Rotation rotation) {
      return new RankOrder(
          units.group(),
          units.unit(),
          criteria.valueOutput().label(),
          units.identity(),
          Scores.list(rotation.singularValues()));
    }
  }
}
