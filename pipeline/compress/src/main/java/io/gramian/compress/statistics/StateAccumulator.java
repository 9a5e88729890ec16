package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.StateChunk;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ScanLayout;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Two sums over the states {@code h_t [N, P]} of a scan.
 *
 * <ul>
 *   <li>{@link Site#STATE}, per head: {@code sum_t h_t' h_t [P, P]}.
 *   <li>{@link Site#STATE_OUTPUT}, per group: {@code M_im = sum_t sum_j sum_p (C_ti h_tip)(C_tm
 *       h_tmp) ||w_jp||^2 [N, N]}, {@code w_jp} the output projection's column: what state channels
 *       {@code i} and {@code m} contribute together to the block's output.
 * </ul>
 *
 * <p>Products within a few tokens are in F32, sums over them exact. Costs {@code 2 N P (N + P)}
 * operations a token and head.
 */
final class StateAccumulator {

  private final int blockIndex;
  private final ScanLayout layout;
  private final Map<TileKey, Tile> tiles = new TreeMap<>();

  StateAccumulator(int blockIndex, ScanLayout layout) {
    this.blockIndex = blockIndex;
    this.layout = layout;
  }

  void add(StateChunk chunk, TokenMask mask) {
    Scopes.compute(
        () -> {
          Tensor states = mask.chunk(chunk.states(), chunk.firstPosition());
          Tensor queries = mask.chunk(chunk.queries(), chunk.firstPosition());
          long tokens = states.size(0);
          if (tokens > 0) {
            addGram(chunk.head(), states, tokens);
            addOutput(chunk, states, queries, tokens);
          }
          return null;
        });
  }

  /** {@code states [tokens, P, N]}. */
  private void addGram(int head, Tensor states, long tokens) {
    Tensor rows = states.transpose(1, 2).reshape(-1, layout.headSize());
    tile(Site.STATE, head, layout.headSize()).add(Tensors.doubles(rows.t().mm(rows)), tokens);
  }

  private void addOutput(StateChunk chunk, Tensor states, Tensor queries, long tokens) {
    Tensor weighted = states.mul(queries.unsqueeze(1)).mul(chunk.outputNorms().unsqueeze(1));
    Tensor rows = weighted.reshape(-1, layout.stateSize());
    int group = chunk.head() / layout.headsPerGroup();
    // The heads of a group see the same tokens; they count once.
    long counted = chunk.head() % layout.headsPerGroup() == 0 ? tokens : 0;
    tile(Site.STATE_OUTPUT, group, layout.stateSize())
        .add(Tensors.doubles(rows.t().mm(rows)), counted);
  }

  private Tile tile(Site site, int row, int size) {
    return tiles.computeIfAbsent(
        new TileKey(blockIndex, site, row, 0), key -> Tile.zeros(size, size));
  }

  Map<TileKey, Tile> tiles() {
    return tiles;
  }
}
