package io.gramian.edge.decode;

import io.gramian.edge.kernel.ColumnPlan;
import io.gramian.edge.kernel.InputLayout;
import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import java.util.List;
import java.util.Map;

/** Final norm and head of one token, {@code logits = W norm(x)}. No width shortens it. */
final class HeadStep implements Upcoming {

  private static final BlockWidths ALL = new BlockWidths(Map.of());

  private final Input normed;
  private final BoundMap head;

  HeadStep(Workspace workspace, ModelWeights weights) {
    DecoderSpec spec = weights.spec();
    StoredMap map = weights.head();
    ColumnPlan plan = map.plan(ALL);
    InputLayout layout = workspace.layout(map.weights(), plan);
    Norm norm =
        new Norm(workspace.kernels(), weights.finalNorm().all(), spec.finalNorm().epsilon(), 1);
    this.normed = Input.stream(workspace, layout, norm);
    this.head =
        BoundMap.of(
            workspace,
            BoundMap.Extent.of(
                map,
                ALL,
                normed,
                workspace.shares(List.of(map.weights()), List.of(map.spans(ALL, 0))).get(0)),
            new float[spec.vocabularySize()]);
  }

  @Override
  public void fetch(Worker worker) {
    head.fetch(worker);
  }

  /** The logits behind the last token of a batch, by all members of a team. */
  void run(Worker worker, Batch batch) {
    normed.arrangeLast(worker, batch.tokens());
    head.multiply(worker, 1);
  }

  /** {@code [vocabulary]}, overwritten by the next run. */
  float[] logits() {
    return head.output();
  }
}
