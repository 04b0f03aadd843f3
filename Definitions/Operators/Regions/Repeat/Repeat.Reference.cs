using System;
using System.Linq;

namespace ModelCompiler;

public static partial class Operators
{
    public static partial TLayer[] Repeat<TLayer>(int count, Func<TLayer> create) where TLayer : class =>
        [.. Enumerable.Range(0, Positive(count)).Select(_ => create())];

    public static partial TLayer[] Repeat<TLayer>(int count, Func<int, TLayer> create) where TLayer : class =>
        [.. Enumerable.Range(0, Positive(count)).Select(create)];

    static int Positive(int count) => count >= 1
        ? count
        : throw new ShapeException(
            $"Repeat: a count of {count} makes no layers; it must be at least 1") { Id = "MC1008" };
}
