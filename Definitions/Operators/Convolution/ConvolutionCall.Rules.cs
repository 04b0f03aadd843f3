using System.Collections.Generic;
using ModelCompiler.IR;

namespace ModelCompiler;

/// <summary>What the facets of a convolution and of its gradients have in common.</summary>
static class ConvolutionCall
{
    /// <summary>A convolution of x to y, by their shapes.</summary>
    public static string Text(string routine, Window window, Shape x, Shape y, IReadOnlyList<string> inputs,
        string result, bool isOpen)
    {
        string sizes = $"Batch = {x[0]}, Channels = {x[1]}, Height = {x[2]}, Width = {x[3]}, Outputs = {y[1]}, " +
            $"OutHeight = {y[2]}, OutWidth = {y[3]}";
        string kernel = $"KernelHeight = {window.KernelHeight}, KernelWidth = {window.KernelWidth}, " +
            $"StrideHeight = {window.StrideHeight}, StrideWidth = {window.StrideWidth}, " +
            $"PaddingHeight = {window.PaddingHeight}, PaddingWidth = {window.PaddingWidth}";
        string rest = $"DilationHeight = {window.DilationHeight}, DilationWidth = {window.DilationWidth}, " +
            $"Groups = {window.Groups}";
        return $"Convolution.{routine}(Pool,\n    new ConvolutionShape\n    {{\n        {sizes},\n        {kernel},\n" +
            $"        {rest},\n    }},\n    {string.Join(",\n    ", inputs)},\n    {result}{(isOpen ? "" : ")")}";
    }

    /// <summary>Multiplications and additions of a convolution from x to y.</summary>
    public static long Flops(Window window, Shape x, Shape y) =>
        2 * y.Size.Maximum * (x[1].Maximum / window.Groups) * window.KernelHeight * window.KernelWidth;

    /// <summary>The rule that x, weight and y of a value break.</summary>
    public static string? Broken(Value value, Shape x, Shape weight, Shape y)
    {
        if (value.Attributes.Window.Length != 9) return "has no window of nine numbers";
        Window window = Window.Of(value.Attributes);
        bool isGood = weight.Rank == 4 && weight[2] == window.KernelHeight && weight[3] == window.KernelWidth
            && x.Rank == 4 && weight[1] * window.Groups == x[1] && window.Convolved(x, weight[0]) is { } shape
            && shape.Equals(y);
        return isGood ? null : $"convolves {x} with {weight} to {y}";
    }
}
