using ModelCompiler.Graphs;

namespace ModelCompiler;

readonly partial struct OperatorScope
{
    readonly string outer;

    OperatorScope(string outer) => this.outer = outer;

    public static partial OperatorScope Of(string name)
    {
        string outer = Recorder.Current.Operator;
        Recorder.Current.Operator = outer.Length == 0 ? name : $"{outer}.{name}";
        return new OperatorScope(outer);
    }

    public partial void Dispose() => Recorder.Current.Operator = outer;
}
