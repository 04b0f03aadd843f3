// Graphs: recorded work and what must precede it.
#pragma once
#include "stream.h"

namespace mcsim {

struct Node {
    Work work;
    std::vector<std::shared_ptr<Node>> after;
    CUgraphNode handle = nullptr;
    /// For parameters handed out by cuGraphKernelNodeGetParams: addresses of the recorded values.
    std::vector<void*> parameterAddresses;
};
using NodePtr = std::shared_ptr<Node>;

struct Graph {
    std::vector<NodePtr> nodes;
};

struct GraphExec {
    std::vector<NodePtr> nodes;
    /// The recorded node (of the graph instantiated) behind each node.
    std::vector<CUgraphNode> origins;
    OperationPtr lastLaunch;
};

CUgraph addGraph(const std::shared_ptr<Graph>& graph);
/// Gives the node its handle and puts it into the graph.
void addNode(Graph& graph, const NodePtr& node);
size_t graphCount();
size_t graphExecCount();
void dropGraphs();

}
