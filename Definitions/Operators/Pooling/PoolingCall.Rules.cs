using System.Collections.Generic;
using ModelCompiler.IR;

namespace ModelCompiler;

/// <summary>What the facets of poolings have in common.</summary>
static class PoolingCall
{
    /// <summary>A pooling of x to y, by their shapes.</summary>
    public static string Text(string routine, Value value, Shape x, Shape y, IReadOnlyList<string> inputs,
        string result)
    {
        PoolingWindow window = PoolingWindow.Of(value.Attributes);
        string sizes = $"Planes = {x[0] * x[1]}, Height = {x[2]}, Width = {x[3]}, OutHeight = {y[2]}, " +
            $"OutWidth = {y[3]}";
        string kernel = window.IsAdaptive ? "IsAdaptive = true"
            : $"KernelHeight = {window.Height}, KernelWidth = {window.Width}, StrideHeight = {window.StrideHeight}, " +
                $"StrideWidth = {window.StrideWidth},\n        PaddingHeight = {window.PaddingHeight}, " +
                $"PaddingWidth = {window.PaddingWidth}" + (window.CountsPadding ? ", CountsPadding = true" : "");
        return $"Pooling.{routine}(Pool,\n    new PoolingShape\n    {{\n        {sizes},\n        {kernel},\n" +
            $"    }},\n    {string.Join(",\n    ", inputs)},\n    {result})";
    }

    /// <summary>Comparisons or additions.</summary>
    public static long Flops(Value value, Shape x, Shape y)
    {
        PoolingWindow window = PoolingWindow.Of(value.Attributes);
        return window.IsAdaptive ? x.Size.Maximum : y.Size.Maximum * window.Height * window.Width;
    }

    /// <summary>The rule that x and y of a value break.</summary>
    public static string? Broken(Value value, Shape x, Shape y)
    {
        if (value.Attributes.Window.Length != 7) return "has no window of seven numbers";
        return PoolingWindow.Of(value.Attributes).Pools(x, y) ? null : $"pools {x} to {y}";
    }
}
