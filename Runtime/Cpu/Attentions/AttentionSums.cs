using System;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>Adds the gradients of keys and values that parts of a head have brought. An item is 48 keys of a head.
/// </summary>
unsafe struct AttentionSums(AttentionShape shape, in AttentionOperands operands, float* sums, int parts, long elements,
    nint values, int paddedWidth, int paddedValues) : IWork
{
    readonly AttentionShape shape = shape;
    readonly MatrixView dKey = operands.dKey, dValue = operands.dValue;
    readonly float* sums = sums;
    readonly int parts = parts, paddedWidth = paddedWidth, paddedValues = paddedValues;
    readonly int blocks = GemmBlocking.Count(shape.Keys, AttentionBlock.Rows);
    readonly long elements = elements;
    readonly nint values = values;

    public readonly int Items => shape.AllKeyHeads * blocks;

    public readonly void Run(int first, int last)
    {
        for (int item = first; item < last; item++)
        {
            int head = item / blocks, start = item % blocks * AttentionBlock.Rows;
            float* from = sums + head * parts * elements;
            Add(dKey, head, start, from, paddedWidth, shape.Width);
            Add(dValue, head, start, from + values, paddedValues, shape.ValueWidth);
        }
    }

    readonly void Add(in MatrixView view, int head, int start, float* from, int stride, int columns)
    {
        if (view.Data == null) return;
        int heads = shape.Inner / shape.Group, rows = Math.Min(AttentionBlock.Rows, shape.Keys - start);
        float* to = view.Of(head / heads, head % heads) + start * view.Row;
        from += (nint)start * stride;
        AttentionBlock.Store(from, stride, null, to, view.Row, rows, columns);
        for (int part = 1; part < parts; part++)
            AttentionBlock.Add(from + part * elements, stride, to, view.Row, rows, columns);
    }
}
