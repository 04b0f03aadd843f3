using System;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>
/// The gradient of a bias: the sum of the scores' gradients over all heads and outer places that share it, one after
/// another. An item is some blocks of queries of one such bias.
/// </summary>
/// <remarks>
/// The weights are computed once more than for the other gradients: those are cut by heads, but here heads meet.
/// </remarks>
unsafe struct AttentionBiasGradient<TTile> : IWork where TTile : struct, ITile
{
    /// <summary>Items that keep threads busy. What is summed in which order does not depend on them.</summary>
    const int EnoughItems = 64;

    readonly AttentionShape shape;
    readonly AttentionAgain<TTile> again;
    readonly MatrixView gradient;
    readonly int outers, inners, blocks, parts, keyHeads;

    public AttentionBiasGradient(AttentionShape shape, in AttentionOperands operands)
    {
        this.shape = shape;
        gradient = operands.extras.BiasGradient;
        again = new AttentionAgain<TTile>(shape, operands, 1);
        (outers, inners) = (gradient.Outer == 0 ? 1 : shape.Outer, gradient.Inner == 0 ? 1 : shape.Inner);
        blocks = GemmBlocking.Count(shape.Queries, AttentionBlock.Rows);
        parts = Math.Clamp(GemmBlocking.Count(EnoughItems, outers * inners), 1, Math.Max(1, blocks));
        keyHeads = shape.Inner / shape.Group;
    }

    public readonly int Items => checked(outers * inners * parts);

    public void Run(int first, int last)
    {
        AttentionScratch scratch = AttentionScratch.OfThread(again.Elements);
        scratch.Work = 0;
        AttentionAgain<TTile> placed = again;
        placed.Place(scratch.Start);
        int packed = -1;
        bool isFinite = false;
        for (int item = first; item < last; item++)
        {
            int bias = item / parts, part = item % parts;
            int firstBlock = (int)((long)blocks * part / parts), lastBlock = (int)((long)blocks * (part + 1) / parts);
            float* to = gradient.Of(bias / inners, bias % inners);
            for (int t = firstBlock * AttentionBlock.Rows; t < Math.Min(shape.Queries, lastBlock * AttentionBlock.Rows);
                t++) new Span<float>(to + t * gradient.Row, shape.Keys).Clear();
            for (int o = 0; o < (outers == 1 ? shape.Outer : 1); o++)
                for (int i = 0; i < (inners == 1 ? shape.Inner : 1); i++)
                {
                    (int outer, int inner) = (outers == 1 ? o : bias / inners, inners == 1 ? i : bias % inners);
                    int keyHead = outer * keyHeads + inner / shape.Group;
                    if (keyHead != packed) (packed, isFinite) = (keyHead, placed.Pack(keyHead));
                    for (int block = firstBlock; block < lastBlock; block++)
                        Add(placed, outer * shape.Inner + inner, block * AttentionBlock.Rows, isFinite, to);
                }
        }
    }

    readonly void Add(in AttentionAgain<TTile> placed, int head, int start, bool isFinite, float* to)
    {
        int rows = Math.Min(AttentionBlock.Rows, shape.Queries - start);
        (int from, int end) = placed.Run(head, start, rows, isFinite);
        AttentionBlock.Add(placed.ScoreGradients, placed.Stride, to + start * gradient.Row + from, gradient.Row, rows,
            end - from);
    }
}
