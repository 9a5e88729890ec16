package io.gramian.compress.sort;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.GramFile;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.RandomCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One attention and one MLP block of Llama-3.1-8B's shapes, divided by {@code scale}, with random
 * BF16 weights and statistics of correlated activations: eigenvalues fall from 1e4 to 1e-2, on both
 * sides of lambda = 1. All tensors belong to the scope that is open when it is made.
 */
final class DecisionData implements AutoCloseable {

  private static final int HEAD_SIZE = 128;
  private static final double NOISE = 1e-2;

  private final ResidualBlock attentionBlock;
  private final ResidualBlock mlpBlock;
  private final int hidden;
  private final int tokens;
  private final Weights weights;
  private final Tensor stream;
  private final List<Tensor> values = new ArrayList<>();
  private final List<Tensor> queryGrams = new ArrayList<>();
  private final List<Tensor> keyGrams = new ArrayList<>();
  private final Map<Site, Statistic> attention = new EnumMap<>(Site.class);

  DecisionData(Path shapes, int scale) throws IOException {
    torch.manual_seed(1);
    Map<String, Object> config =
        new ObjectMapper().readValue(shapes.toFile(), new TypeReference<>() {});
    config.put("num_hidden_layers", 1);
    config.put("head_dim", HEAD_SIZE);
    for (String size :
        List.of("hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads")) {
      config.put(size, (int) config.get(size) / scale);
    }
    DecoderSpec spec = Families.describe(RandomCheckpoint.hfConfig(config));
    attentionBlock = spec.blocks().get(0);
    mlpBlock = spec.blocks().get(1);
    hidden = spec.hiddenSize();
    tokens = hidden / 2;
    weights = Weights.of(outputs());
    stream = activations(hidden);
    heads((Attention) attentionBlock.mixer());
  }

  private Map<String, Tensor> outputs() {
    Map<String, Tensor> outputs = new TreeMap<>();
    for (ResidualBlock block : List.of(attentionBlock, mlpBlock)) {
      new BlockDecider(SortCriteria.DEFAULT)
          .tensors(block)
          .forEach(
              shape ->
                  outputs.put(shape.name(), weight(shape.shape().get(0), shape.shape().get(1))));
    }
    return outputs;
  }

  private static Tensor weight(long rows, long columns) {
    return Scopes.keep(() -> Tensors.toFloat(gaussians(rows, columns).to(ScalarType.BFloat16)));
  }

  private static Tensor gaussians(long rows, long columns) {
    return torch
        .randn(new long[] {rows, columns}, new TensorOptions(ScalarType.Float))
        .mul_(new Scalar(1 / Math.sqrt((double) columns)));
  }

  /** {@code [tokens, size]}: directions of falling energy. */
  private Tensor activations(int size) {
    return Scopes.keep(
        () -> {
          Tensor fall = torch.linspace(new Scalar(2.0), new Scalar(-1.0), tokens);
          return gaussians(tokens, size).mul_(torch.pow(new Scalar(10.0), fall).unsqueeze(1));
        });
  }

  private void heads(Attention shape) {
    List<Tensor> queries = projections(shape.layout().heads());
    List<Tensor> keys = projections(shape.layout().kvHeads());
    values.addAll(projections(shape.layout().kvHeads()));
    queries.forEach(map -> queryGrams.add(gram(map)));
    keys.forEach(map -> keyGrams.add(gram(map)));
    attention.put(Site.QUERY, squares(Site.QUERY, queryGrams));
    attention.put(Site.KEY, squares(Site.KEY, keyGrams));
    attention.put(Site.VALUE, grams(values.stream().map(this::gram).toList()));
  }

  /** {@code [h, d]} a head. */
  private List<Tensor> projections(int heads) {
    List<Tensor> maps = new ArrayList<>();
    for (int head = 0; head < heads; head++) {
      maps.add(weight(hidden, HEAD_SIZE));
    }
    return maps;
  }

  private Tensor gram(Tensor map) {
    return Scopes.keep(
        () -> {
          Tensor head = stream.mm(map);
          Tensor noise = Tensors.times(map.t().mm(map), NOISE);
          return head.t().mm(head).add_(noise);
        });
  }

  private Statistic squares(Site site, List<Tensor> grams) {
    double[] sums = new double[grams.size() * HEAD_SIZE];
    for (int head = 0; head < grams.size(); head++) {
      double[] own = Tensors.doubles(grams.get(head).diagonal(0, 0, 1));
      System.arraycopy(own, 0, sums, head * HEAD_SIZE, HEAD_SIZE);
    }
    return statistic(site, Map.of(new TileKey(0, site, 0, 0), tile(grams.size(), sums)));
  }

  private Statistic grams(List<Tensor> grams) {
    Map<TileKey, Tile> tiles = new TreeMap<>();
    for (int head = 0; head < grams.size(); head++) {
      tiles.put(
          new TileKey(0, Site.VALUE, head, 0), tile(HEAD_SIZE, Tensors.doubles(grams.get(head))));
    }
    return statistic(Site.VALUE, tiles);
  }

  private Statistic statistic(Site site, Map<TileKey, Tile> tiles) {
    return new Statistic(new StatisticKey(0, site), tiles, tokens);
  }

  private Tile tile(int rows, double[] sums) {
    Tile tile = Tile.zeros(rows, sums.length / rows);
    tile.add(sums, tokens);
    return tile;
  }

  /** Writes the MLP's {@code G [n, n]}, which no memory holds whole. */
  void writeGram(Path file) throws IOException {
    int size = ((Mlp) mlpBlock.mixer()).intermediateSize();
    Tensor x = activations(size);
    GramFile.write(
        file,
        new StatisticKey(1, Site.DOWN_INPUT),
        size,
        tokens,
        (top, left, shape) -> Scopes.compute(() -> block(x, top, left, shape)));
    x.close();
  }

  private static double[] block(Tensor x, long top, long left, List<Long> shape) {
    Tensor product = x.narrow(1, top, shape.get(0)).t().mm(x.narrow(1, left, shape.get(1)));
    if (top != left) {
      return Tensors.doubles(product);
    }
    product.diagonal(0, 0, 1).add_(new Scalar(NOISE));
    return Tensors.doubles(product.triu().add_(product.triu(1).t()));
  }

  /** {@code C [h, h]} of the attention's input, F32. */
  Tensor inputCorrelation() {
    return Scopes.keep(
        () -> {
          Tensor correlation = stream.t().mm(stream);
          correlation.diagonal(0, 0, 1).add_(new Scalar(NOISE));
          return correlation;
        });
  }

  ResidualBlock attentionBlock() {
    return attentionBlock;
  }

  ResidualBlock mlpBlock() {
    return mlpBlock;
  }

  Weights weights() {
    return weights;
  }

  Map<Site, Statistic> attention() {
    return attention;
  }

  List<Tensor> values() {
    return values;
  }

  List<Tensor> queryGrams() {
    return queryGrams;
  }

  List<Tensor> keyGrams() {
    return keyGrams;
  }

  @Override
  public void close() {
    weights.close();
  }
}
